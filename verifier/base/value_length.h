#ifndef JOBWARDEN_VERIFIER_BASE_VALUE_LENGTH_H_
#define JOBWARDEN_VERIFIER_BASE_VALUE_LENGTH_H_

#include <cstddef>

namespace jobwarden {

/// Shorter values are looked for nowhere: they appear in other texts by chance.
inline constexpr std::size_t kMinSearchedBytes = 8;
/// From this size on a longer text that holds a value that a person made holds it on purpose.
inline constexpr std::size_t kMinEmbeddedBytes = 16;

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_VALUE_LENGTH_H_
