#include "verifier/doctor/probe_case.h"

#include <cstdint>

namespace jobwarden {

std::string_view ProbeCaseName(ProbeCase each) {
  switch (each) {
    case ProbeCase::kGood:
      return "a good token";
    case ProbeCase::kNone:
      return "no token";
    case ProbeCase::kOtherAudience:
      return "a token for another audience";
    case ProbeCase::kExpired:
      return "an expired token";
    case ProbeCase::kOtherJob:
      return "another job's token";
    case ProbeCase::kForged:
      return "a token that another key signed";
    case ProbeCase::kUnsigned:
      return "a token with alg \"none\"";
    case ProbeCase::kMac:
      break;
  }
  return "a token with HS256 by the public key";
}

std::string_view CodeOfRefusal(ProbeCase each) {
  switch (each) {
    case ProbeCase::kGood:
      return "";
    case ProbeCase::kNone:
      return "TOKEN_MISSING";
    case ProbeCase::kOtherAudience:
      return "";  // on GitLab such a token is not the runner's, on GitHub it is a wrong one
    case ProbeCase::kExpired:
      return "TOKEN_EXPIRED";
    case ProbeCase::kOtherJob:
      return "JOB_MISMATCH";
    case ProbeCase::kForged:
      return "SIGNATURE_INVALID";
    case ProbeCase::kUnsigned:
    case ProbeCase::kMac:
      break;
  }
  return "";  // refused by header or form, whichever is looked at first
}

std::optional<std::string> TokenOf(ProbeCase each, Object claims, std::string_view id_claim,
                                   const ProbeKey& key, const ProbeKey& other) {
  constexpr std::int64_t kDay = 86'400;
  switch (each) {
    case ProbeCase::kNone:
      return std::nullopt;
    case ProbeCase::kOtherAudience:
      claims.Set("aud", "https://other.invalid");
      break;
    case ProbeCase::kExpired:
      for (const char* time : {"iat", "nbf", "exp"}) {
        claims.Set(time, claims.Find(time)->AsInteger().value_or(0) - kDay);
      }
      break;
    case ProbeCase::kOtherJob:
      claims.Set(id_claim, "2");
      break;
    case ProbeCase::kForged:
      return other.Sign(kProbeKid, claims);
    case ProbeCase::kUnsigned:
      return UnsignedToken(claims);
    case ProbeCase::kMac:
      return MacToken(kProbeKid, claims, key.Pem());
    case ProbeCase::kGood:
      break;
  }
  return key.Sign(kProbeKid, claims);
}

}  // namespace jobwarden
