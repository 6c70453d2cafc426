#include "verifier/token/inspect.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/token/algorithm.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

constexpr JsonLimits kLimits{.max_bytes = kMaxTokenBytes, .max_depth = 64};
constexpr std::int64_t kDay = 86'400;

Result<Value> DecodePart(std::string_view part, std::string_view what) {
  const auto bytes = DecodeBase64Url(part);
  if (!bytes) {
    return Finding{Code::kMalformedToken, fmt::format("{}: not base64url", what)};
  }
  return ParseJson(*bytes, kLimits, Code::kMalformedToken, what);
}

bool IsMac(std::string_view alg) {
  return alg == "HS256" || alg == "HS384" || alg == "HS512";
}

// A text with something before and after an `@`.
bool IsEmail(const Value& value) {
  const std::string* text = value.AsString();
  if (text == nullptr || text->find_first_of(" /:") != text->npos) return false;
  const std::size_t at = text->find('@');
  return at != text->npos && at > 0 && text->find('.', at) != text->npos;
}

class Warnings {
 public:
  Warnings(InspectedToken& token, std::int64_t now) : token_(token), now_(now) {}

  void AddOfHeader() {
    const Value* alg = token_.header.Find("alg");
    const std::string* name = alg == nullptr ? nullptr : alg->AsString();
    if (name == nullptr) {
      Add("ALG_UNKNOWN", "alg: missing or not a string");
    } else if (SameWord(*name, "none")) {
      Add("ALG_NONE", "alg: none: nobody signed this token");
    } else if (IsMac(*name)) {
      Add("ALG_SYMMETRIC", fmt::format("alg: {}: whoever can check it can make it", *name));
    } else if (!AlgorithmFromName(*name)) {
      Add("ALG_UNKNOWN", "alg: unknown: " + Quote(*name));
    }
    const Value* kid = token_.header.Find("kid");
    if (kid == nullptr || kid->AsString() == nullptr) Add("KID_MISSING", "kid: missing");
    for (const std::string_view parameter : {"jku", "x5u", "jwk", "x5c"}) {
      if (token_.header.Find(parameter) != nullptr) {
        Add("KEY_IN_HEADER",
            fmt::format("{}: the token says itself which key checks it", parameter));
      }
    }
    if (token_.header.Find("crit") != nullptr) {
      Add("CRITICAL_HEADER", "crit: extensions that a reader must understand");
    }
  }

  void AddOfPayload() {
    if (token_.payload.Find("iss") == nullptr) Add("ISS_MISSING", "iss: missing");
    if (token_.payload.Find("aud") == nullptr) Add("AUD_MISSING", "aud: missing");
    const auto exp = Time("exp"), iat = Time("iat"), nbf = Time("nbf");
    if (!exp) Add("EXP_MISSING", "exp: missing or not a whole number");
    if (!iat) Add("IAT_MISSING", "iat: missing or not a whole number");
    if (exp && *exp <= now_) Add("EXPIRED", fmt::format("exp: {} s ago", now_ - *exp));
    if (exp && *exp > now_ && *exp - now_ > kDay) {
      Add("EXP_FAR", fmt::format("exp: {} days from now", (*exp - now_) / kDay));
    }
    if (exp && iat && *exp > *iat && *exp - *iat > kDay) {
      Add("LIFETIME_LONG", fmt::format("exp: {} days after iat", (*exp - *iat) / kDay));
    }
    if (nbf && *nbf > now_)
      Add("NOT_YET_VALID", fmt::format("nbf: valid only in {} s", *nbf - now_));
    if (iat && *iat > now_) {
      Add("IAT_IN_FUTURE", fmt::format("iat: in the future by {} s", *iat - now_));
    }
    const Object* claims = token_.payload.AsObject();
    if (claims == nullptr) return Add("PAYLOAD_NO_OBJECT", "payload: not an object");
    for (const Member& claim : claims->members()) {
      if (IsEmail(claim.value)) {
        Add("EMAIL_IN_CLAIMS", fmt::format("{}: an e-mail address, which everybody can read who "
                                           "gets this token",
                                           QuoteName(claim.name)));
      }
    }
  }

  void Add(std::string_view code, std::string message) {
    token_.warnings.push_back({code, std::move(message)});
  }

 private:
  static bool SameWord(std::string_view text, std::string_view lower) {
    std::string copy(text);
    for (char& c : copy) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return copy == lower;
  }
  // Times so far away that differences of them do not fit count as absent.
  std::optional<std::int64_t> Time(std::string_view name) const {
    constexpr std::int64_t kFar = std::int64_t{1} << 60U;
    const Value* value = token_.payload.Find(name);
    const auto time = value == nullptr ? std::nullopt : value->AsInteger();
    return time && *time > -kFar && *time < kFar ? time : std::nullopt;
  }

  InspectedToken& token_;
  std::int64_t now_;
};

}  // namespace

const std::vector<WarningMeaning>& AllTokenWarnings() {
  static const std::vector<WarningMeaning> all{
      {"ALG_NONE", "`alg` is none: nobody signed the token"},
      {"ALG_SYMMETRIC", "`alg` is a MAC (HS256 …): whoever can check the token can make one"},
      {"ALG_UNKNOWN", "`alg` is missing, or no signature algorithm that is known here"},
      {"KID_MISSING", "no `kid` says which of the issuer's keys signed the token"},
      {"KEY_IN_HEADER",
       "`jku`, `x5u`, `jwk` or `x5c`: the token names its own key, or where it is"},
      {"CRITICAL_HEADER", "`crit` asks for extensions, which jobwarden refuses"},
      {"ISS_MISSING", "no issuer"},
      {"AUD_MISSING", "no audience: the token is good everywhere"},
      {"EXP_MISSING", "no end: the token is good for ever"},
      {"EXPIRED", "the token's time is over"},
      {"EXP_FAR", "the token is good for more than a day from now"},
      {"LIFETIME_LONG", "more than a day between `iat` and `exp`"},
      {"IAT_MISSING", "nothing says when the token was made"},
      {"IAT_IN_FUTURE", "the token was made later than now: a clock is wrong"},
      {"NOT_YET_VALID", "`nbf` is later than now"},
      {"EMAIL_IN_CLAIMS", "a claim is an e-mail address"},
      {"PAYLOAD_NO_OBJECT", "the payload is JSON, but not an object with claims"},
      {"REFUSED_FORM", "verification refuses the token's form or header, whoever signed it"},
  };
  return all;
}

Result<InspectedToken> InspectToken(std::string_view token, std::chrono::sys_seconds now) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == token.npos ? first : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) {
    return Finding{Code::kMalformedToken, "token: expected three parts with two dots between them"};
  }
  InspectedToken inspected;
  Findings findings;
  if (auto header = DecodePart(token.substr(0, first), "header")) {
    inspected.header = std::move(*header);
  } else {
    Append(findings, std::move(header).findings());
  }
  if (auto payload = DecodePart(token.substr(first + 1, second - first - 1), "payload")) {
    inspected.payload = std::move(*payload);
  } else {
    Append(findings, std::move(payload).findings());
  }
  if (!findings.empty()) return findings;
  Warnings warnings(inspected, now.time_since_epoch().count());
  if (const auto strict = CompactToken::Parse(token); !strict) {
    for (const Finding& finding : strict.findings()) {
      warnings.Add("REFUSED_FORM", fmt::format("{}: {}", CodeName(finding.code), finding.message));
    }
  }
  warnings.AddOfHeader();
  warnings.AddOfPayload();
  return inspected;
}

}  // namespace jobwarden
