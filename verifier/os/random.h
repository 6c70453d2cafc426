#ifndef JOBWARDEN_VERIFIER_OS_RANDOM_H_
#define JOBWARDEN_VERIFIER_OS_RANDOM_H_

#include <cstddef>
#include <string>

namespace jobwarden {

/// Bytes that nobody can guess. Throws std::system_error if the system has none.
/// REQUIRES: count <= 256, the most that getrandom always returns whole.
std::string RandomBytes(std::size_t count);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_RANDOM_H_
