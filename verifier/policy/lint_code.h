#ifndef JOBWARDEN_VERIFIER_POLICY_LINT_CODE_H_
#define JOBWARDEN_VERIFIER_POLICY_LINT_CODE_H_

#include <algorithm>
#include <array>
#include <string_view>

namespace jobwarden {

/// The codes of what `policy check` warns of: legal, and dangerous or without effect. They are
/// public and stable, because administrators silence warnings by them; docs/checks.md explains
/// each.
namespace lint {
inline constexpr std::string_view kPinsNoProject = "PINS_NO_PROJECT";
inline constexpr std::string_view kPathWithoutId = "PATH_WITHOUT_ID";
inline constexpr std::string_view kOneSubForm = "ONE_SUB_FORM";
inline constexpr std::string_view kUnknownClaim = "UNKNOWN_CLAIM";
inline constexpr std::string_view kNeverMatches = "NEVER_MATCHES";
inline constexpr std::string_view kHidden = "HIDDEN";
inline constexpr std::string_view kUndecided = "UNDECIDED";
inline constexpr std::string_view kNotWithoutExists = "NOT_WITHOUT_EXISTS";
inline constexpr std::string_view kAnyAudience = "ANY_AUDIENCE";
inline constexpr std::string_view kRiskyEvent = "RISKY_EVENT";
inline constexpr std::string_view kFailStep = "FAIL_STEP";
inline constexpr std::string_view kLongLifetime = "LONG_LIFETIME";
inline constexpr std::string_view kUnknownCode = "UNKNOWN_CODE";
}  // namespace lint

inline constexpr std::array kLintCodes = {
    lint::kPinsNoProject, lint::kPathWithoutId, lint::kOneSubForm, lint::kUnknownClaim,
    lint::kNeverMatches,  lint::kHidden,        lint::kUndecided,  lint::kNotWithoutExists,
    lint::kAnyAudience,   lint::kRiskyEvent,    lint::kFailStep,   lint::kLongLifetime,
    lint::kUnknownCode};

inline bool IsLintCode(std::string_view word) {
  return std::find(kLintCodes.begin(), kLintCodes.end(), word) != kLintCodes.end();
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_POLICY_LINT_CODE_H_
