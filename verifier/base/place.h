#ifndef JOBWARDEN_VERIFIER_BASE_PLACE_H_
#define JOBWARDEN_VERIFIER_BASE_PLACE_H_

#include <compare>
#include <cstddef>
#include <cstdint>

namespace jobwarden {

/// A position in files that are read together.
struct Place {
  std::size_t file = 0;  ///< index of the file
  std::uint32_t line = 1;
  std::uint32_t column = 1;  ///< in characters
  auto operator<=>(const Place&) const = default;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_PLACE_H_
