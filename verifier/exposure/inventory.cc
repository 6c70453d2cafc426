#include "verifier/exposure/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/exposure/server_names.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/jwt_scan.h"

namespace jobwarden {
namespace {

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

std::vector<Sighting> SightJwts(const std::vector<VariableView>& variables,
                                std::string_view job_token) {
  std::vector<Sighting> sightings;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const std::string_view value = variables[i].value;
    for (const std::string_view jwt : FindJwts(value)) {
      const auto at = static_cast<std::size_t>(jwt.data() - value.data());
      if (LiesInside(value, at, job_token) || IsPartOfGitHubToken(value, at)) continue;
      sightings.push_back({jwt, i});
    }
  }
  return sightings;
}

const Issuer* IssuerOf(std::string_view jwt, const std::vector<Issuer>& issuers) {
  const auto iss = PeekIssuer(jwt);
  if (!iss) return nullptr;
  const auto issuer = std::find_if(issuers.begin(), issuers.end(),
                                   [&](const Issuer& each) { return each.url == *iss; });
  return issuer == issuers.end() ? nullptr : &*issuer;
}

// Whether it has the header of a JWT, and nobody can read its claims: such a one is a bad token of
// ours rather than a token of somebody else. The header need not be strict JSON itself; it is told
// by its parameters from the first part of other texts with two dots.
bool IsUnreadableJwt(std::string_view jwt) {
  const std::size_t first = jwt.find('.');
  const std::size_t second = jwt.find('.', first + 1);
  const auto header = DecodeBase64Url(jwt.substr(0, first));
  if (!header || (!Contains(*header, "\"alg\"") && !Contains(*header, "\"kid\""))) return false;
  const auto payload = DecodeBase64Url(jwt.substr(first + 1, second - first - 1));
  if (!payload) return true;
  const auto claims =
      ParseJson(*payload, {.max_bytes = kMaxPeekedBytes}, Code::kMalformedToken, "token");
  return !claims || claims->AsObject() == nullptr;
}

// The server's own legacy tokens name no audience, or the server itself. Any other is one that the
// job asked for under a legacy name.
bool NamesSomebodyElse(const std::vector<std::string>& audiences, const Issuer& issuer) {
  return std::any_of(audiences.begin(), audiences.end(),
                     [&](const std::string& each) { return each != issuer.url; });
}

// Whether the variable is one as the server makes for `id_tokens:`.
bool StandsAsIdToken(const VariableView& variable, std::string_view jwt) {
  return !variable.file && variable.value == jwt && !IsLegacyName(variable.name);
}

Token MakeToken(TokenKind kind, std::string_view value) {
  return {kind,
          {},
          MayBeGuessed(kind) ? "" : Sha256Hex(value),
          "",
          {},
          false,
          {},
          Secret(std::string(value))};
}

// Two issuers may share a url, and one of them be meant.
bool IsOurs(const Token& token, const Issuer& named, const std::vector<Issuer>& issuers) {
  return !token.audiences.empty() &&
         std::all_of(token.audiences.begin(), token.audiences.end(), [&](const auto& audience) {
           return std::any_of(issuers.begin(), issuers.end(), [&](const Issuer& issuer) {
             return issuer.url == named.url && issuer.Expects(audience);
           });
         });
}

// Gives a token the names of the variables in which it stands, each once.
class Holders {
 public:
  explicit Holders(Token& token) : token_(token) {}

  void Add(const VariableView& variable) {
    if (known_.insert(variable.name).second) token_.names.emplace_back(variable.name);
    const std::string_view location = variable.file ? "file variables" : "variables";
    auto& known = token_.locations;
    if (std::find(known.begin(), known.end(), location) == known.end()) {
      known.emplace_back(location);
    }
  }

 private:
  Token& token_;
  std::unordered_set<std::string_view> known_;
};

void AddJobToken(const std::vector<VariableView>& variables, std::string_view job_token,
                 Inventory& inventory) {
  if (job_token.empty()) return;
  Token token = MakeToken(TokenKind::kJobToken, job_token);
  Holders holders(token);
  for (const VariableView& variable : variables) {
    if (Contains(variable.value, job_token)) holders.Add(variable);
  }
  if (!token.names.empty()) inventory.tokens.push_back(std::move(token));
}

void AddJwts(const std::vector<VariableView>& variables, std::string_view job_token,
             const std::vector<Issuer>& issuers, Inventory& inventory) {
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
  std::vector<std::pair<std::size_t, Token>> found;
  for (std::vector<Sighting>& group : groups) {
    const std::string_view jwt = group.front().jwt;
    std::sort(group.begin(), group.end(),
              [](const Sighting& a, const Sighting& b) { return a.variable < b.variable; });
    const std::size_t first = group.front().variable;
    const Issuer* issuer = IssuerOf(jwt, issuers);
    std::vector<std::string> audiences;
    if (issuer != nullptr) {
      audiences = UnverifiedAudiences(jwt);
    } else if (!issuers.empty() && StandsAsIdToken(variables[first], jwt) && IsUnreadableJwt(jwt)) {
      issuer = &issuers.front();
    }
    const bool legacy = IsLegacyName(variables[first].name) &&
                        (issuer == nullptr || !NamesSomebodyElse(audiences, *issuer));
    if (!legacy && issuer == nullptr) continue;
    Token token = MakeToken(legacy ? TokenKind::kLegacy : TokenKind::kIdToken, jwt);
    if (!legacy) {
      token.issuer = issuer->name;
      token.audiences = std::move(audiences);
      token.ours = IsOurs(token, *issuer, issuers);
    }
    Holders holders(token);
    for (const Sighting& sighting : group) holders.Add(variables[sighting.variable]);
    found.emplace_back(first, std::move(token));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [first, token] : found) inventory.tokens.push_back(std::move(token));
}

bool IsNamed(std::string_view name, std::span<const ExposureRule> rules) {
  const ExposureRule* rule = FirstRuleFor(name, rules);
  return rule != nullptr && rule->action != ExposureAction::kKeep;
}

// What the variable would have to do with a secret value of this size to hold it.
bool Holds(std::string_view text, std::string_view value) {
  if (value.size() >= kMinEmbeddedBytes) return Contains(text, value);
  return value.size() >= kMinSearchedBytes && text == value;
}

void AddNamed(const std::vector<VariableView>& variables, const TokenNames& named,
              Inventory& inventory) {
  if (named.secrets.empty() && named.rules.empty()) return;
  const std::unordered_set<std::string_view> secrets(named.secrets.begin(), named.secrets.end());
  std::unordered_set<std::string_view> looked_at;
  std::unordered_set<std::string_view> known;
  for (const Token& token : inventory.tokens) known.insert(token.value.view());

  // Each value, and the variables whose last one it is.
  struct Value {
    TokenKind kind;
    std::string_view bytes;
    std::vector<const VariableView*> of;
  };
  std::vector<Value> values;
  std::unordered_map<std::string_view, std::size_t> index;
  for (auto variable = variables.rbegin(); variable != variables.rend(); ++variable) {
    const bool secret = secrets.contains(variable->name);
    if (!secret && !IsNamed(variable->name, named.rules)) continue;
    if (!looked_at.insert(variable->name).second) continue;
    if (variable->value.empty() || known.contains(variable->value)) continue;
    const auto [at, is_new] = index.try_emplace(variable->value, values.size());
    if (is_new) values.push_back({TokenKind::kNamed, variable->value, {}});
    Value& value = values[at->second];
    if (secret) value.kind = TokenKind::kSecret;
    value.of.push_back(&*variable);
  }
  const bool too_many = inventory.tokens.size() + values.size() > kMaxTokens;
  for (const Value& value : values) {
    Token token = MakeToken(value.kind, value.bytes);
    Holders holders(token);
    for (const VariableView* variable : value.of) holders.Add(*variable);
    for (const VariableView& variable : variables) {
      if (!too_many && Holds(variable.value, value.bytes)) holders.Add(variable);
    }
    inventory.tokens.push_back(std::move(token));
  }
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
    case TokenKind::kSecret:
      return "secret";
    case TokenKind::kNamed:
      return "named";
  }
  return "";
}

Inventory TakeInventory(const std::vector<VariableView>& variables, std::string_view job_token,
                        const std::vector<Issuer>& issuers, const TokenNames& named) {
  Inventory inventory;
  AddJobToken(variables, job_token, inventory);
  AddJwts(variables, job_token, issuers, inventory);
  AddNamed(variables, named, inventory);
  return inventory;
}

Inventory TakeInventory(const std::vector<Variable>& variables, std::string_view job_token,
                        const std::vector<Issuer>& issuers, const TokenNames& named) {
  std::vector<VariableView> views;
  views.reserve(variables.size());
  for (const Variable& variable : variables) {
    views.push_back({variable.name, variable.value.view(), variable.file});
  }
  return TakeInventory(views, job_token, issuers, named);
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

Inventory InventoryOf(Secret token, const Issuer& issuer) {
  Token only;
  only.sha256 = Sha256Hex(token.view());
  only.issuer = issuer.name;
  only.value = std::move(token);
  Inventory inventory;
  inventory.tokens.push_back(std::move(only));
  return inventory;
}

Status CheckTokenCount(const Inventory& inventory) {
  if (inventory.tokens.size() <= kMaxTokens) return Ok();
  return Finding{Code::kJobUnreadable,
                 fmt::format("job: {} tokens in its variables, the limit is {}",
                             inventory.tokens.size(), kMaxTokens),
                 "take those out that the job does not need"};
}

std::vector<std::string_view> ValuesGone(const Inventory& inventory,
                                         const std::set<std::string>& names) {
  std::vector<std::string_view> gone;
  for (const Token& token : inventory.tokens) {
    if (MayStandByChance(token)) continue;
    if (std::all_of(token.names.begin(), token.names.end(),
                    [&](const std::string& name) { return names.contains(name); })) {
      gone.push_back(token.value.view());
    }
  }
  return gone;
}

}  // namespace jobwarden
