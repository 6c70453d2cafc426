#ifndef JOBWARDEN_VERIFIER_MANUAL_PROGRAMS_H_
#define JOBWARDEN_VERIFIER_MANUAL_PROGRAMS_H_

#include <string>
#include <vector>

namespace jobwarden {

/// A manual page: the name of its file, and its text.
struct NamedPage {
  std::string file;  ///< `jobwarden-hook.8`
  std::string text;
};

/// The pages of the programs that a CI's runner starts: jobwarden-executor(8), jobwarden-hook(8)
/// and jobwarden-guard(8). Their few arguments are not read by a table, so a test holds the pages
/// against what the programs say of themselves.
std::vector<NamedPage> RunnerProgramPages();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MANUAL_PROGRAMS_H_
