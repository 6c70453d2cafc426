#include "verifier/token/claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/base/value.h"

namespace jobwarden {
namespace {

Finding Missing(std::string_view claim) {
  return {Code::kRequiredClaimMissing,
          fmt::format("{}: missing", claim),
          "the token is not an id_token of this issuer",
          {{std::string(claim), Quote("present"), "null"}}};
}

Finding WrongType(std::string_view claim, std::string_view expected, const Value& value) {
  return {Code::kClaimInvalid,
          fmt::format("{}: expected {}, got {}", claim, expected, value.TypeName()),
          "",
          {{std::string(claim), Quote(expected), Quote(value.TypeName())}}};
}

// a - b, which may not fit a signed number. REQUIRES: a >= b.
std::uint64_t Difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b);
}

class Check {
 public:
  Check(const Object& claims, const ClaimRules& rules, std::chrono::sys_seconds now)
      : claims_(claims),
        rules_(rules),
        now_(now.time_since_epoch().count()),
        leeway_(static_cast<std::uint64_t>(rules.leeway.count())) {}

  Findings Run() && {
    CheckIssuer();
    const auto expires = WholeNumber("exp", true);
    const auto issued = WholeNumber("iat", true);
    const auto not_before = WholeNumber("nbf", false);
    if (expires) CheckExpiry(*expires);
    if (issued) CheckBegin("iat", *issued);
    if (not_before) CheckBegin("nbf", *not_before);
    if (expires && issued) CheckLifetime(*expires, *issued);
    return std::move(findings_);
  }

 private:
  void CheckIssuer() {
    const Value* iss = claims_.Find("iss");
    if (iss == nullptr) return findings_.push_back(Missing("iss"));
    const std::string* text = iss->AsString();
    if (text == nullptr) return findings_.push_back(WrongType("iss", "a string", *iss));
    if (*text == rules_.issuer) return;
    const std::string expected = Quote(rules_.issuer);
    const std::string got = Quote(*text);
    findings_.push_back({Code::kIssuerMismatch,
                         fmt::format("iss: expected {}, got {}", expected, got),
                         "the issuer's url must equal the token's iss, byte for byte",
                         {{"iss", expected, got}}});
  }

  std::optional<std::int64_t> WholeNumber(std::string_view claim, bool required) {
    const Value* value = claims_.Find(claim);
    if (value == nullptr) {
      if (required) findings_.push_back(Missing(claim));
      return std::nullopt;
    }
    const auto number = value->AsInteger();
    if (!number) findings_.push_back(WrongType(claim, "a whole number", *value));
    return number;
  }

  void CheckExpiry(std::int64_t expires) {
    if (expires > now_ || Difference(now_, expires) < leeway_) return;
    findings_.push_back({Code::kTokenExpired,
                         fmt::format("exp: expired {} s ago, the leeway is {} s",
                                     Difference(now_, expires), leeway_),
                         "the job waited too long for its runner, or a clock is wrong",
                         {{"exp", Quote(fmt::format("more than {}", now_ - rules_.leeway.count())),
                           Number(expires)}}});
  }

  void CheckBegin(std::string_view claim, std::int64_t begin) {
    if (begin <= now_ || Difference(begin, now_) <= leeway_) return;
    findings_.push_back(
        {Code::kTokenNotYetValid,
         fmt::format("{}: {} s from now, the leeway is {} s", claim, Difference(begin, now_),
                     leeway_),
         "compare the clocks of this machine and of the CI server",
         {{std::string(claim), Quote(fmt::format("at most {}", now_ + rules_.leeway.count())),
           Number(begin)}}});
  }

  void CheckLifetime(std::int64_t expires, std::int64_t issued) {
    if (expires < issued) {
      findings_.push_back({Code::kClaimInvalid,
                           "exp: before iat",
                           "",
                           {{"exp", Quote(fmt::format("at least {}", issued)), Number(expires)}}});
      return;
    }
    const std::uint64_t lifetime = Difference(expires, issued);
    const auto max = static_cast<std::uint64_t>(rules_.max_lifetime.count());
    if (lifetime <= max) return;
    const std::string longest = DurationText(rules_.max_lifetime);
    constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
    const std::string got =
        DurationText(std::chrono::seconds(static_cast<std::int64_t>(std::min(lifetime, kMost))));
    findings_.push_back(
        {Code::kLifetimeExceeded,
         fmt::format("exp: {} after iat, and this runner takes {} at most", got, longest),
         fmt::format(
             "the limit is the runner's: ask its administrator to set issuer.max_lifetime to "
             "{} or more, or give the job a timeout of at most {} (GitLab's id_tokens live as "
             "long as the job's timeout)",
             got, longest),
         {{"exp", Quote(fmt::format("at most {}", max)), fmt::format("{}", lifetime)}}});
  }

  static std::string Number(std::int64_t number) { return fmt::format("{}", number); }

  const Object& claims_;
  const ClaimRules& rules_;
  std::int64_t now_;
  std::uint64_t leeway_;
  Findings findings_;
};

}  // namespace

Findings CheckClaims(const SignedToken& token, const ClaimRules& rules,
                     std::chrono::sys_seconds now) {
  return Check(token.claims(), rules, now).Run();
}

Result<std::vector<std::string>> AudiencesOf(const SignedToken& token) {
  const Value* aud = token.claims().Find("aud");
  if (aud == nullptr) return Missing("aud");
  if (const std::string* text = aud->AsString()) return std::vector<std::string>{*text};
  const auto refuse = [](std::string got) {
    return Finding{Code::kClaimInvalid,
                   "aud: expected a string or an array of strings, got " + std::move(got),
                   "",
                   {}};
  };
  const Array* items = aud->AsArray();
  if (items == nullptr) return refuse(std::string(aud->TypeName()));
  if (items->empty()) return refuse("an empty array");
  std::vector<std::string> audiences;
  for (const Value& item : *items) {
    const std::string* text = item.AsString();
    if (text == nullptr) return refuse("an array with " + std::string(item.TypeName()));
    audiences.push_back(*text);
  }
  return audiences;
}

}  // namespace jobwarden
