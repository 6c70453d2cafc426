#ifndef JOBWARDEN_HOOKS_STEP_PROGRAM_SEARCH_H_
#define JOBWARDEN_HOOKS_STEP_PROGRAM_SEARCH_H_

#include <cstddef>

namespace jobwarden {

/// Whether a compiled program contains the name of a request variable. `fd` is open for reading and
/// has `size` bytes. Reads it by a mapping, so that no byte is copied.
bool ProgramNamesRequestVariables(int fd, std::size_t size);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_STEP_PROGRAM_SEARCH_H_
