#ifndef JOBWARDEN_TESTS_VERIFIER_MASK_LEFTOVERS_H_
#define JOBWARDEN_TESTS_VERIFIER_MASK_LEFTOVERS_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace jobwarden::testing {

/// The first piece of eight bytes of a value's own characters that a masked text still holds; empty
/// where there is none. A piece lies in one line, and the borders of a key are no secret.
inline std::string LeftOf(std::string_view value, std::string_view masked) {
  constexpr std::size_t kPiece = 8;
  for (std::size_t begin = 0; begin < value.size();) {
    const std::size_t end = std::min(value.size(), value.find_first_of("\r\n", begin));
    const std::string_view line = value.substr(begin, end - begin);
    for (std::size_t at = 0; at + kPiece <= line.size() && !line.starts_with("-----"); ++at) {
      const std::string_view piece = line.substr(at, kPiece);
      if (masked.find(piece) != std::string_view::npos) return std::string(piece);
    }
    begin = end + 1;
  }
  return {};
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_MASK_LEFTOVERS_H_
