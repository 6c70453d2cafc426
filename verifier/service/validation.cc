#include "verifier/service/validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/service/json_answer.h"

namespace jobwarden {
namespace {

constexpr std::string_view kNames[] = {"signature", "issuer", "audience",
                                       "algorithm", "time",   "required_claims"};
constexpr std::string_view kStatusNames[] = {"pass", "fail", "skipped"};

}  // namespace

Validation::Check Validation::CheckOf(const Finding& finding) {
  const auto is_about = [&](std::string_view claim) {
    return finding.message.starts_with(claim) && finding.message.substr(claim.size(), 1) == ":";
  };
  switch (finding.code) {
    case Code::kAlgorithmInvalid:
    case Code::kHeaderInvalid:
      return kAlgorithm;
    case Code::kKeyUnknown:
    case Code::kSignatureInvalid:
      return kSignature;
    case Code::kIssuerMismatch:
      return kIssuer;
    case Code::kAudienceMismatch:
      return kAudience;
    case Code::kTokenExpired:
    case Code::kTokenNotYetValid:
    case Code::kLifetimeExceeded:
      return kTime;
    default:
      break;
  }
  // A claim that is absent or of the wrong type fails the check that needs it.
  if (is_about("exp") || is_about("iat") || is_about("nbf")) return kTime;
  if (is_about("iss")) return kIssuer;
  if (is_about("aud")) return kAudience;
  return kRequiredClaims;
}

Validation::Validation(const Findings& findings, bool proven) {
  std::fill(std::begin(statuses_), std::end(statuses_), proven ? Status::kPass : Status::kSkipped);
  bool algorithm_passed = proven;
  for (const Finding& finding : findings) {
    findings_.emplace_back(FindingAnswer(finding));
    if (!Forbids(finding)) continue;
    const Check check = CheckOf(finding);
    statuses_[check] = Status::kFail;
    problems_.push_back(finding.message);
    // A signature is only looked at after the algorithm.
    algorithm_passed = algorithm_passed || check == kSignature;
  }
  if (algorithm_passed && statuses_[kAlgorithm] == Status::kSkipped) {
    statuses_[kAlgorithm] = Status::kPass;
  }
}

void Validation::AddMismatch(std::string_view code, std::string_view claim, const Value* got,
                             std::string_view expected) {
  const std::string message =
      fmt::format("{}: expected {}, got {}", claim, Quote(expected), BriefJson(got));
  findings_.emplace_back(
      Object{{"code", code},
             {"severity", "error"},
             {"message", message},
             {"evidence", Object{{fmt::format("token_{}", claim), got == nullptr ? Value() : *got},
                                 {fmt::format("expected_{}", claim), expected}}}});
  problems_.push_back(message);
  statuses_[kRequiredClaims] = Status::kFail;
}

HttpResponse Validation::Answer() const {
  Object statuses;
  bool valid = true;
  for (std::size_t i = 0; i < kCount; ++i) {
    statuses.Set(kNames[i], kStatusNames[static_cast<std::size_t>(statuses_[i])]);
    valid = valid && statuses_[i] == Status::kPass;
  }
  const std::string summary =
      valid ? "Token is valid: each check passed"
            : "Token is NOT valid: " +
                  (problems_.empty() ? "not each check could be made" : Join(problems_, "; "));
  HttpResponse answer = JsonAnswer(200, Object{{"valid", valid},
                                               {"statuses", std::move(statuses)},
                                               {"findings", findings_},
                                               {"summary", summary}});
  answer.outcome = valid ? "valid" : "invalid";
  return answer;
}

int FaultStatus(const Findings& findings) {
  for (const Finding& finding : findings) {
    if (finding.code == Code::kMalformedToken) return 400;
  }
  return OutcomeOf(findings) == Outcome::kError ? 503 : 0;
}

}  // namespace jobwarden
