#ifndef JOBWARDEN_VERIFIER_EXPOSURE_USAGE_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_USAGE_H_

#include <set>
#include <string>
#include <string_view>

namespace jobwarden {

/// The words (`[A-Za-z_][A-Za-z0-9_]*`, and command names with `-` and `.`) that shell text names,
/// in whatever form: `$X`, `${X:-…}`, `printenv X`, `os.environ["X"]`. Words of the echo that the
/// runner prints before a line, and of a line that is surely a comment, do not count; where it is
/// not sure (inside a here-document, inside quotes) they do.
std::set<std::string, std::less<>> UsedWords(std::string_view commands);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_USAGE_H_
