#ifndef JOBWARDEN_VERIFIER_DOCTOR_PROBE_CASE_H_
#define JOBWARDEN_VERIFIER_DOCTOR_PROBE_CASE_H_

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/base/value.h"
#include "verifier/doctor/probe_token.h"

namespace jobwarden {

enum class ProbeCase {
  kGood,
  kNone,
  kOtherAudience,
  kExpired,
  kOtherJob,
  kForged,
  kUnsigned,
  kMac
};

inline constexpr std::array kProbeCases{
    ProbeCase::kGood,     ProbeCase::kNone,   ProbeCase::kOtherAudience, ProbeCase::kExpired,
    ProbeCase::kOtherJob, ProbeCase::kForged, ProbeCase::kUnsigned,      ProbeCase::kMac};

/// What a person calls the case: `an expired token`.
std::string_view ProbeCaseName(ProbeCase each);
/// The code that the refusal must have; empty for the good token.
std::string_view CodeOfRefusal(ProbeCase each);

inline constexpr std::string_view kProbeKid = "probe";
inline constexpr std::string_view kProbeIssuer = "https://probe.invalid";
inline constexpr std::string_view kProbeAudience = "https://probe.invalid/runner";

/// The token of the case, made from the claims of a good one. Nothing for kNone. `key` is the
/// issuer's, and `other` is a key that the issuer does not have.
std::optional<std::string> TokenOf(ProbeCase each, Object claims, std::string_view id_claim,
                                   const ProbeKey& key, const ProbeKey& other);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_PROBE_CASE_H_
