#include "verifier/service/jwt_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verifier/admission/admit.h"
#include "verifier/admission/choose_issuer.h"
#include "verifier/base/json.h"
#include "verifier/base/secret.h"
#include "verifier/base/text.h"
#include "verifier/os/clock.h"
#include "verifier/service/body.h"
#include "verifier/service/ci_oidc.h"
#include "verifier/service/json_answer.h"
#include "verifier/service/trusted_key.h"
#include "verifier/service/validation.h"
#include "verifier/token/algorithm.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/signed_token.h"

namespace jobwarden {
namespace {

constexpr std::int64_t kMaxSkew = 600;
constexpr std::size_t kMinSecretBytes = 32;

struct JwtPolicy {
  std::string issuer;
  std::vector<std::string> audiences;
  std::vector<std::string> allowed_algs;
  std::vector<std::string> required_claims;
  std::vector<std::string> required_scopes;
  std::int64_t skew = 30;
  Secret secret;
  std::string public_key;
};

JwtPolicy ReadPolicy(Body& body) {
  using Need = Body::Need;
  JwtPolicy policy;
  if (const std::string* issuer = body.Text("issuer", Need::kRequired)) policy.issuer = *issuer;
  policy.audiences = body.Texts("audiences", Need::kRequired);
  policy.allowed_algs = body.Texts("allowed_algs", Need::kRequired);
  policy.required_claims = body.Texts("required_claims");
  policy.required_scopes = body.Texts("required_scopes");
  policy.skew = body.Integer("clock_skew_seconds", 0, kMaxSkew).value_or(policy.skew);
  const bool has_secret = body.Any("secret") != nullptr;
  const bool has_key = body.Any("public_key") != nullptr;
  policy.secret = body.TakeSecret("secret", Need::kOptional);
  if (const std::string* key = body.Text("public_key")) policy.public_key = *key;
  body.RefuseOthers();
  if (has_secret == has_key) {
    body.Fail("", "value_error", "Input should have exactly one of secret and public_key");
    return policy;
  }
  for (const std::string& name : policy.allowed_algs) {
    // A secret never checks a signature, and a public key never a MAC: with the key for a secret,
    // everybody could make tokens.
    const bool fits = has_secret ? IsMacName(name) : AlgorithmFromName(name).has_value();
    if (fits) continue;
    body.Fail("allowed_algs", "value_error",
              has_secret ? "Input should be of HS256, HS384 and HS512, with a secret"
                         : "Input should be of RS, PS, ES 256 to 512 and EdDSA, with a public_key");
  }
  if (has_secret && policy.secret.size() < kMinSecretBytes) {
    body.Fail("secret", "too_short",
              fmt::format("Secret should have at least {} bytes", kMinSecretBytes));
  }
  return policy;
}

// The checks of claims that any JWT can have. What CI tokens must have besides is not asked.
class ClaimChecks {
 public:
  ClaimChecks(const Object& claims, const JwtPolicy& policy, std::int64_t now)
      : claims_(claims), policy_(policy), now_(now) {}

  Findings Run() && {
    const std::string* iss = claims_.FindString("iss");
    if (iss == nullptr || *iss != policy_.issuer) {
      Add(Code::kIssuerMismatch, "iss", Quote(policy_.issuer));
    }
    CheckAudience();
    CheckTimes();
    for (const std::string& name : policy_.required_claims) {
      const Value* claim = claims_.Find(name);
      if (claim != nullptr && !claim->IsNull()) continue;
      findings_.push_back({Code::kRequiredClaimMissing, QuoteName(name) + ": missing"});
    }
    CheckScopes();
    return std::move(findings_);
  }

 private:
  void Add(Code code, std::string_view claim, const std::string& expected) {
    const std::string got = BriefJson(claims_.Find(claim));
    findings_.push_back({code, fmt::format("{}: expected {}, got {}", claim, expected, got)});
  }

  static std::vector<std::string> TextsOf(const Value* value) {
    std::vector<std::string> texts;
    if (value == nullptr) return texts;
    if (value->AsString() != nullptr) texts.push_back(*value->AsString());
    if (const Array* items = value->AsArray()) {
      for (const Value& item : *items) {
        if (item.AsString() != nullptr) texts.push_back(*item.AsString());
      }
    }
    return texts;
  }

  void CheckAudience() {
    const auto audiences = TextsOf(claims_.Find("aud"));
    const bool fits =
        std::find_first_of(audiences.begin(), audiences.end(), policy_.audiences.begin(),
                           policy_.audiences.end()) != audiences.end();
    if (!fits) {
      Add(Code::kAudienceMismatch, "aud",
          (policy_.audiences.size() > 1 ? "one of " : "") + QuoteAll(policy_.audiences));
    }
  }

  std::optional<std::int64_t> Time(std::string_view name, bool required) {
    // Far times would not fit sums.
    constexpr std::int64_t kFar = std::int64_t{1} << 60U;
    const Value* value = claims_.Find(name);
    if (value == nullptr && !required) return std::nullopt;
    if (value == nullptr) {
      findings_.push_back({Code::kRequiredClaimMissing, fmt::format("{}: missing", name)});
      return std::nullopt;
    }
    const auto time = value->AsInteger();
    if (!time || *time <= -kFar || *time >= kFar) {
      Add(Code::kClaimInvalid, name, "a time in whole seconds");
      return std::nullopt;
    }
    return time;
  }

  void CheckTimes() {
    const auto exp = Time("exp", true);
    if (exp && *exp + policy_.skew <= now_) {
      findings_.push_back(
          {Code::kTokenExpired,
           fmt::format("exp: expired {} s ago, the leeway is {} s", now_ - *exp, policy_.skew)});
    }
    for (const std::string_view name : {"nbf", "iat"}) {
      const auto begin = Time(name, false);
      if (!begin || *begin <= now_ + policy_.skew) continue;
      findings_.push_back(
          {Code::kTokenNotYetValid, fmt::format("{}: {} s from now, the leeway is {} s", name,
                                                *begin - now_, policy_.skew)});
    }
  }

  // `scope` is one string with blanks (RFC 8693 §4.2); Okta has a list `scp`.
  void CheckScopes() {
    if (policy_.required_scopes.empty()) return;
    std::vector<std::string> scopes = TextsOf(claims_.Find("scp"));
    if (const std::string* text = claims_.FindString("scope")) {
      std::string_view rest = *text;
      while (!rest.empty()) scopes.emplace_back(TakeUpTo(rest, ' '));
    }
    for (const std::string& each : policy_.required_scopes) {
      if (std::find(scopes.begin(), scopes.end(), each) != scopes.end()) continue;
      findings_.push_back(
          {Code::kRequiredClaimMissing, fmt::format("scope: expected {}, got {}", Quote(each),
                                                    scopes.empty() ? "none" : QuoteAll(scopes))});
    }
  }

  const Object& claims_;
  const JwtPolicy& policy_;
  std::int64_t now_;
  Findings findings_;
};

HttpResponse AnswerTo(const Findings& findings, bool proven) {
  if (const int status = FaultStatus(findings)) return ErrorAnswer(status, findings);
  return Validation(findings, proven).Answer();
}

HttpResponse CheckByPolicy(std::string_view token, const JwtPolicy& policy) {
  const std::int64_t now = SystemNow().time_since_epoch().count();
  if (!policy.secret.empty()) {
    const auto claims = VerifyMac(token, policy.secret.view(), policy.allowed_algs);
    if (!claims) return AnswerTo(claims.findings(), false);
    if (claims->AsObject() == nullptr) {
      return AnswerTo({{Code::kMalformedToken, "token: payload: expected an object"}}, false);
    }
    return AnswerTo(ClaimChecks(*claims->AsObject(), policy, now).Run(), true);
  }
  const auto compact = CompactToken::Parse(token, CompactToken::Form::kOneKey);
  const auto keys = ReadTrustedKey(policy.public_key, compact ? compact->kid() : "");
  if (!keys) {
    return ErrorAnswer(422, "BODY_INVALID", keys.findings().front().message,
                       keys.findings().front().hint);
  }
  if (!compact) return AnswerTo(compact.findings(), false);
  std::vector<Algorithm> allowed;
  for (const std::string& name : policy.allowed_algs) allowed.push_back(*AlgorithmFromName(name));
  const auto proven = SignedToken::Verify(*compact, *keys, allowed);
  if (!proven) return AnswerTo(proven.findings(), false);
  return AnswerTo(ClaimChecks(proven->claims(), policy, now).Run(), true);
}

}  // namespace

HttpReply ValidateJwt(const Site& site, std::string_view bytes, AskedKeys& keys, bool is_last_try) {
  Body body(bytes);
  Secret token = body.TakeSecret("token", Body::Need::kRequired);
  std::optional<std::string> profile;
  if (const std::string* name = body.Text("issuer_profile_id")) profile = *name;
  const bool has_policy = body.Enter("policy");
  JwtPolicy policy;
  if (has_policy) {
    policy = ReadPolicy(body);
    body.Leave();
  }
  body.RefuseOthers();
  if (body.good() && has_policy == profile.has_value()) {
    body.Fail("", "value_error", "Input should have exactly one of policy and issuer_profile_id");
  }
  if (!body.good()) return body.Refusal();
  if (has_policy) return CheckByPolicy(token.view(), policy);

  const auto issuer = IssuerNamed(site.config, *profile);
  if (!issuer) return ErrorAnswer(422, "ISSUER_NOT_CONFIGURED", issuer.findings().front().message);
  const CheckedToken checked = CheckToken(std::move(token), **issuer, site.config, keys, SystemNow);
  if (MustWait(keys, is_last_try)) return keys.Wait();
  return AnswerTo(checked.findings, checked.proven.has_value());
}

}  // namespace jobwarden
