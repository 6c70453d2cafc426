#ifndef JOBWARDEN_VERIFIER_DOCTOR_VERSION_TEXT_H_
#define JOBWARDEN_VERIFIER_DOCTOR_VERSION_TEXT_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace jobwarden {

/// Major, minor, patch. They compare in this order.
using RunnerVersion = std::array<unsigned, 3>;

/// The three numbers that follow `word` and blanks in a text, at its last occurrence: `2.336.0`.
std::optional<RunnerVersion> FindVersion(std::string_view text, std::string_view word);

std::string TextOf(const RunnerVersion& version);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_VERSION_TEXT_H_
