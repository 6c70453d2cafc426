#ifndef JOBWARDEN_VERIFIER_BASE_NUMBER_H_
#define JOBWARDEN_VERIFIER_BASE_NUMBER_H_

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace jobwarden {

/// The whole number that the text is. Nothing if the text has anything else, is empty, or if the
/// number does not fit.
template <class Number>
std::optional<Number> ParseNumber(std::string_view text, int base = 10) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_NUMBER_H_
