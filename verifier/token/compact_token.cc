#include "verifier/token/compact_token.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

constexpr JsonLimits kTokenLimits{.max_bytes = kMaxTokenBytes};
constexpr JsonLimits kPeekLimits{.max_bytes = kMaxPeekedBytes};

// Header parameters that bring a key of their own or change what is signed (RFC 7515 §4.1, RFC
// 7797).
constexpr std::string_view kRefusedParameters[] = {"crit", "jwk", "jku", "x5u", "x5c", "b64"};

Finding Malformed(std::string why) {
  return {Code::kMalformedToken, "token: " + std::move(why), "", {}};
}

struct Parts {
  std::string_view header, payload, signature;
};

std::optional<Parts> Split(std::string_view text) {
  const std::size_t first = text.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  if (text.find('.', second + 1) != std::string_view::npos) return std::nullopt;
  return Parts{text.substr(0, first), text.substr(first + 1, second - first - 1),
               text.substr(second + 1)};
}

// The claims of a text of three parts, unverified. None where nobody can read them.
std::optional<Value> PeekClaims(std::string_view text) {
  const auto parts = Split(text);
  const auto payload = parts ? DecodeBase64Url(parts->payload) : std::nullopt;
  if (!payload) return std::nullopt;
  auto claims = ParseJson(*payload, kPeekLimits, Code::kMalformedToken, "token");
  if (!claims) return std::nullopt;
  return std::move(*claims);
}

// What makes a token too long, for a message: that can be made shorter. Empty where nobody can read
// the claims.
std::string LargestClaim(std::string_view text) {
  const auto claims = PeekClaims(text);
  const Object* object = claims ? claims->AsObject() : nullptr;
  if (object == nullptr) return "";
  std::string_view name;
  std::size_t largest = 0;
  for (const Member& claim : object->members()) {
    const std::size_t size = WriteJson(claim.value).size();
    if (size <= largest) continue;
    largest = size;
    name = claim.name;
  }
  return largest == 0 ? ""
                      : fmt::format("; its largest claim is {} ({} bytes)", Quote(name), largest);
}

// The value of a wrong header parameter, for a message.
std::string Got(const Value* value) {
  if (value == nullptr) return "nothing";
  const std::string* text = value->AsString();
  return text == nullptr ? std::string(value->TypeName()) : Quote(*text);
}

Result<Algorithm> ReadAlgorithm(const Value& header) {
  const Value* alg = header.Find("alg");
  if (alg != nullptr && alg->AsString() != nullptr) {
    if (const auto algorithm = AlgorithmFromName(*alg->AsString())) return *algorithm;
  }
  return Finding{Code::kAlgorithmInvalid,
                 "alg: expected RS, PS, ES 256 to 512 or EdDSA, got " + Got(alg),
                 "unsigned tokens and MACs are never accepted",
                 {}};
}

// Checks the other parameters and returns the `kid`. Empty if it is absent and the form permits
// that.
Result<std::string> CheckParameters(const Object& header, CompactToken::Form form) {
  const auto refuse = [](std::string message) {
    return Finding{Code::kHeaderInvalid, std::move(message), "", {}};
  };
  for (const Member& parameter : header.members()) {
    if (std::find(std::begin(kRefusedParameters), std::end(kRefusedParameters), parameter.name) !=
        std::end(kRefusedParameters)) {
      return refuse(parameter.name + ": this header parameter is refused");
    }
  }
  const Value* typ = header.Find("typ");
  const bool may_be_access_token = form == CompactToken::Form::kOneKey;
  if (typ != nullptr && *typ != Value("JWT") && !(may_be_access_token && *typ == Value("at+jwt"))) {
    return refuse("typ: expected \"JWT\", got " + Got(typ));
  }
  const Value* kid = header.Find("kid");
  if (kid == nullptr && form != CompactToken::Form::kToken) return std::string();
  const std::string* text = kid == nullptr ? nullptr : kid->AsString();
  if (text == nullptr || text->empty()) {
    return refuse("kid: expected the name of a key, got " + Got(kid));
  }
  return *text;
}

}  // namespace

Result<CompactToken> CompactToken::Parse(std::string_view text, Form form) {
  if (text.size() > kMaxTokenBytes) {
    return Malformed(fmt::format("{} bytes, the limit is {}{}", text.size(), kMaxTokenBytes,
                                 LargestClaim(text)));
  }
  const auto parts = Split(text);
  if (!parts) return Malformed("expected three parts with dots between them");
  auto header_text = DecodeBase64Url(parts->header);
  auto payload = DecodeBase64Url(parts->payload);
  auto signature = DecodeBase64Url(parts->signature);
  if (!header_text || !payload || !signature) {
    return Malformed(
        fmt::format("its {} is not canonical base64url without padding", !header_text ? "header"
                                                                         : !payload   ? "payload"
                                                                                    : "signature"));
  }
  const auto header = ParseJson(*header_text, kTokenLimits, Code::kMalformedToken, "token: header");
  if (!header) return header.findings();
  const Object* parameters = header->AsObject();
  if (parameters == nullptr) {
    return Malformed("header: expected an object, got " + std::string(header->TypeName()));
  }
  const auto algorithm = ReadAlgorithm(*header);
  if (!algorithm) return algorithm.findings();
  // Checked after `alg`: of an unsecured JWS, `none` is reported and not the empty signature.
  if (signature->empty()) return Malformed("its signature is empty");
  if (payload->empty() && form != Form::kJws) return Malformed("its payload is empty");
  auto kid = CheckParameters(*parameters, form);
  if (!kid) return std::move(kid).findings();

  CompactToken token;
  token.text_ = Secret(std::string(text));
  token.signature_ = Secret(std::move(*signature));
  token.signed_bytes_ = parts->header.size() + 1 + parts->payload.size();
  token.algorithm_ = *algorithm;
  token.kid_ = std::move(*kid);
  if (form != Form::kJws) {
    token.claims_ = std::make_shared<const Result<Value>>(
        ParseJson(*payload, kTokenLimits, Code::kMalformedToken, "token: payload"));
  }
  return token;
}

const std::string* CompactToken::issuer() const {
  if (!claims_ || !*claims_) return nullptr;
  const Value* iss = claims_->value().Find("iss");
  return iss == nullptr ? nullptr : iss->AsString();
}

bool HasTokenCharacters(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTokenBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsBase64Url(c) || c == '.'; });
}

std::optional<std::string> PeekIssuer(std::string_view text) {
  const auto claims = PeekClaims(text);
  const Value* iss = claims ? claims->Find("iss") : nullptr;
  if (iss == nullptr || iss->AsString() == nullptr) return std::nullopt;
  return *iss->AsString();
}

}  // namespace jobwarden
