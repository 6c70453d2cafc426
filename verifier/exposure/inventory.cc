#include "verifier/exposure/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/jwt_scan.h"

namespace jobwarden {
namespace {

constexpr std::string_view kLegacyNames[] = {"CI_JOB_JWT", "CI_JOB_JWT_V1", "CI_JOB_JWT_V2"};

bool IsLegacyName(std::string_view name) {
  return std::find(std::begin(kLegacyNames), std::end(kLegacyNames), name) !=
         std::end(kLegacyNames);
}

// A JWT, and the variable that it stands in.
struct Sighting {
  std::string_view jwt;
  std::size_t variable;
};

// Whether the byte at `at` belongs to an occurrence of `piece`.
bool LiesInside(std::string_view text, std::size_t at, std::string_view piece) {
  if (piece.empty()) return false;
  const std::size_t begin = at < piece.size() ? 0 : at - piece.size() + 1;
  return Contains(text.substr(begin, at + piece.size() - begin), piece);
}

std::vector<Sighting> SightJwts(const std::vector<Variable>& variables,
                                std::string_view job_token) {
  std::vector<Sighting> sightings;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const std::string_view value = variables[i].value.view();
    for (const std::string_view jwt : FindJwts(value)) {
      const auto at = static_cast<std::size_t>(jwt.data() - value.data());
      if (!LiesInside(value, at, job_token)) sightings.push_back({jwt, i});
    }
  }
  return sightings;
}

std::vector<std::string> UnverifiedAudiences(std::string_view jwt) {
  const std::size_t begin = jwt.find('.') + 1;
  const auto payload = DecodeBase64Url(jwt.substr(begin, jwt.find('.', begin) - begin));
  if (!payload) return {};
  const auto claims =
      ParseJson(*payload, {.max_bytes = kMaxTokenBytes}, Code::kMalformedToken, "token");
  const Value* aud = claims ? claims->Find("aud") : nullptr;
  if (aud == nullptr) return {};
  if (const std::string* one = aud->AsString()) return {*one};
  std::vector<std::string> audiences;
  if (const Array* several = aud->AsArray()) {
    for (const Value& each : *several) {
      if (const std::string* text = each.AsString()) audiences.push_back(*text);
    }
  }
  return audiences;
}

const Issuer* IssuerOf(std::string_view jwt, const std::vector<Issuer>& issuers) {
  const auto iss = PeekIssuer(jwt);
  if (!iss) return nullptr;
  const auto issuer = std::find_if(issuers.begin(), issuers.end(),
                                   [&](const Issuer& each) { return each.url == *iss; });
  return issuer == issuers.end() ? nullptr : &*issuer;
}

// The server's own legacy tokens name no audience, or the server itself. Any other is one that the
// job asked for under a legacy name.
bool NamesSomebodyElse(const std::vector<std::string>& audiences, const Issuer& issuer) {
  return std::any_of(audiences.begin(), audiences.end(),
                     [&](const std::string& each) { return each != issuer.url; });
}

Token MakeToken(TokenKind kind, std::string_view value) {
  return {kind, {}, Sha256Hex(value), "", {}, Secret(std::string(value))};
}

}  // namespace

std::string_view TokenKindName(TokenKind kind) {
  switch (kind) {
    case TokenKind::kIdToken:
      return "id_token";
    case TokenKind::kJobToken:
      return "job_token";
    case TokenKind::kLegacy:
      return "legacy";
  }
  return "";
}

Inventory TakeInventory(const std::vector<Variable>& variables, std::string_view job_token,
                        const std::vector<Issuer>& issuers) {
  Inventory inventory;
  if (!job_token.empty()) {
    Token token = MakeToken(TokenKind::kJobToken, job_token);
    std::unordered_set<std::string_view> known;
    for (const Variable& variable : variables) {
      if (Contains(variable.value.view(), job_token) && known.insert(variable.name).second) {
        token.names.push_back(variable.name);
      }
    }
    if (!token.names.empty()) inventory.tokens.push_back(std::move(token));
  }

  // In alphabetical order a token stands right before all texts that begin with it.
  std::vector<Sighting> sightings = SightJwts(variables, job_token);
  std::sort(sightings.begin(), sightings.end(), [](const Sighting& a, const Sighting& b) {
    return a.jwt != b.jwt ? a.jwt < b.jwt : a.variable < b.variable;
  });
  std::vector<std::vector<Sighting>> groups;
  for (const Sighting& sighting : sightings) {
    if (groups.empty() || !sighting.jwt.starts_with(groups.back().front().jwt))
      groups.emplace_back();
    groups.back().push_back(sighting);
  }
  const auto first_variable = [](const std::vector<Sighting>& group) {
    return std::min_element(
               group.begin(), group.end(),
               [](const Sighting& a, const Sighting& b) { return a.variable < b.variable; })
        ->variable;
  };
  std::vector<std::pair<std::size_t, Token>> found;
  for (std::vector<Sighting>& group : groups) {
    const std::string_view jwt = group.front().jwt;
    const std::size_t first = first_variable(group);
    const Issuer* issuer = IssuerOf(jwt, issuers);
    std::vector<std::string> audiences;
    if (issuer != nullptr) audiences = UnverifiedAudiences(jwt);
    const bool legacy = IsLegacyName(variables[first].name) &&
                        (issuer == nullptr || !NamesSomebodyElse(audiences, *issuer));
    if (!legacy && issuer == nullptr) continue;
    Token token = MakeToken(legacy ? TokenKind::kLegacy : TokenKind::kIdToken, jwt);
    if (!legacy) {
      token.issuer = issuer->name;
      token.audiences = std::move(audiences);
    }
    std::sort(group.begin(), group.end(),
              [](const Sighting& a, const Sighting& b) { return a.variable < b.variable; });
    std::unordered_set<std::string_view> known;
    for (const Sighting& sighting : group) {
      const std::string& name = variables[sighting.variable].name;
      if (known.insert(name).second) token.names.push_back(name);
    }
    found.emplace_back(first, std::move(token));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [first, token] : found) inventory.tokens.push_back(std::move(token));
  return inventory;
}

Status CheckTokenCount(const Inventory& inventory) {
  if (inventory.tokens.size() <= kMaxTokens) return Ok();
  return Finding{Code::kJobUnreadable,
                 fmt::format("job: {} tokens in its variables, the limit is {}",
                             inventory.tokens.size(), kMaxTokens),
                 "take those out that the job does not need",
                 {},
                 false};
}

}  // namespace jobwarden
