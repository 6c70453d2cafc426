#include "verifier/cli/inspect_command.h"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/encoding.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/result.h"
#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/cli/print.h"
#include "verifier/cli/token_input.h"
#include "verifier/os/clock.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

constexpr JsonLimits kLimits{.max_bytes = 64 * 1024, .max_depth = 64};

Result<Value> DecodePart(std::string_view part, std::string_view what) {
  const auto bytes = DecodeBase64Url(part);
  if (!bytes) {
    return Finding{Code::kMalformedToken, fmt::format("{}: not base64url", what)};
  }
  return ParseJson(*bytes, kLimits, Code::kMalformedToken, what);
}

struct Decoded {
  Value header;
  Value payload;
  std::vector<std::string> warnings;
};

// Warnings about the times that need no issuer's rules.
void AddTimeWarnings(const Value& payload, std::int64_t now, std::vector<std::string>& warnings) {
  const auto time = [&](std::string_view name) -> std::optional<std::int64_t> {
    const Value* value = payload.Find(name);
    return value == nullptr ? std::nullopt : value->AsInteger();
  };
  const auto exp = time("exp"), iat = time("iat"), nbf = time("nbf");
  if (!exp) warnings.push_back("exp: missing or not a whole number");
  if (!iat) warnings.push_back("iat: missing or not a whole number");
  if (exp && *exp <= now) warnings.push_back(fmt::format("exp: {} s ago", now - *exp));
  if (nbf && *nbf > now) warnings.push_back(fmt::format("nbf: valid only in {} s", *nbf - now));
  if (iat && *iat > now) warnings.push_back(fmt::format("iat: in the future by {} s", *iat - now));
}

Result<Decoded> Decode(std::string_view token, std::int64_t now) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == token.npos ? first : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) {
    return Finding{Code::kMalformedToken, "token: expected three parts with two dots between them"};
  }
  Decoded decoded;
  Findings findings;
  if (auto header = DecodePart(token.substr(0, first), "header")) {
    decoded.header = std::move(*header);
  } else {
    Append(findings, std::move(header).findings());
  }
  if (auto payload = DecodePart(token.substr(first + 1, second - first - 1), "payload")) {
    decoded.payload = std::move(*payload);
  } else {
    Append(findings, std::move(payload).findings());
  }
  if (!findings.empty()) return findings;
  if (const auto strict = CompactToken::Parse(token); !strict) {
    for (const Finding& finding : strict.findings()) {
      decoded.warnings.push_back(fmt::format("{}: {}", CodeName(finding.code), finding.message));
    }
  }
  for (const std::string_view name : {"iss", "aud"}) {
    if (decoded.payload.Find(name) == nullptr)
      decoded.warnings.push_back(fmt::format("{}: missing", name));
  }
  AddTimeWarnings(decoded.payload, now, decoded.warnings);
  return decoded;
}

std::string MembersText(std::string_view title, const Value& value) {
  std::string text = fmt::format("{}\n", title);
  const Object* object = value.AsObject();
  if (object == nullptr) return text + fmt::format("  {}\n", WriteJson(value));
  for (const Member& member : object->members()) {
    const std::string* string = member.value.AsString();
    text += fmt::format("  {}: {}\n", Quote(member.name),
                        string == nullptr ? WriteJson(member.value) : Quote(*string));
  }
  return text;
}

}  // namespace

int RunInspect(const InspectOptions& options) {
  const auto token = ReadToken(options.token);
  if (!token) return Fail(token.findings(), options.json);
  const std::int64_t now = SystemNow().time_since_epoch().count();
  auto decoded = Decode(token->view(), options.now.value_or(now));
  if (!decoded) return Fail(decoded.findings(), options.json);
  if (options.json) {
    const Value answer =
        Object{{"validated", false},
               {"header", std::move(decoded->header)},
               {"payload", std::move(decoded->payload)},
               {"warnings", Array(decoded->warnings.begin(), decoded->warnings.end())}};
    return Answer(WriteJson(answer) + "\n", Outcome::kAllow);
  }
  std::string text = MembersText("header (not verified)", decoded->header) +
                     MembersText("payload (not verified)", decoded->payload);
  for (const auto& warning : decoded->warnings) text += fmt::format("warning: {}\n", warning);
  return Answer(text, Outcome::kAllow);
}

}  // namespace jobwarden
