#ifndef JOBWARDEN_VERIFIER_MANUAL_COMPLETION_H_
#define JOBWARDEN_VERIFIER_MANUAL_COMPLETION_H_

#include <string>

#include "verifier/manual/command_reference.h"

namespace jobwarden {

// Scripts that complete a program's command line, one for each shell. Commands and options are
// completed, words that a value can be, and files and folders.

/// For bash; it needs no package of completions.
std::string BashCompletion(const CommandReference& program);
std::string ZshCompletion(const CommandReference& program);
std::string FishCompletion(const CommandReference& program);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MANUAL_COMPLETION_H_
