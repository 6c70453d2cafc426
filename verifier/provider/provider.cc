#include "verifier/provider/provider.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "verifier/provider/profile.h"

namespace jobwarden {
namespace {

constexpr const ProviderProfile* kProfiles[] = {&kGitLabProfile, &kGitHubProfile};

// What OpenID Connect's login tokens say of a person, and what GitLab's add.
constexpr std::string_view kLoginClaims[] = {
    "name",     "given_name", "family_name", "middle_name",  "nickname", "preferred_username",
    "profile",  "picture",    "website",     "email",        "gender",   "birthdate",
    "zoneinfo", "locale",     "address",     "phone_number", "groups",   "sub_legacy"};

const ProviderProfile& ProfileOf(Provider provider) {
  const auto* const profile =
      std::find_if(std::begin(kProfiles), std::end(kProfiles),
                   [&](const ProviderProfile* each) { return each->provider == provider; });
  // No provider stands in for another one.
  if (profile == std::end(kProfiles)) throw std::logic_error("a provider has no profile");
  return **profile;
}

const Object* ClaimsOf(const SignedToken* token) {
  return token == nullptr ? nullptr : &token->claims();
}

std::vector<std::string> AllFactNames() {
  std::vector<std::string> names(std::begin(kCommonFacts), std::end(kCommonFacts));
  for (const ProviderProfile* profile : kProfiles) {
    for (const std::string_view name : profile->own_facts) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    }
  }
  return names;
}

}  // namespace

std::vector<Provider> AllProviders() {
  std::vector<Provider> providers;
  for (const ProviderProfile* profile : kProfiles) providers.push_back(profile->provider);
  return providers;
}

std::string_view ProviderName(Provider provider) {
  return ProfileOf(provider).name;
}

std::optional<Provider> ProviderFromName(std::string_view name) {
  for (const ProviderProfile* profile : kProfiles) {
    if (profile->name == name) return profile->provider;
  }
  return std::nullopt;
}

bool RequestsIdTokens(Provider provider) {
  return ProfileOf(provider).requests_id_tokens;
}

std::string ServerUrlOf(Provider provider, const std::string& issuer_url) {
  return ProfileOf(provider).server_url(issuer_url);
}

std::vector<std::string> LinesForAToken(Provider provider, const std::string& audience) {
  return ProfileOf(provider).lines_for_a_token(audience);
}

Object FactsOfUnsigned(Provider provider, const Object* claims, const Job& job,
                       const OwnEvents& own_events) {
  return ProfileOf(provider).make_facts(claims, job, own_events);
}

bool IsClaim(Provider provider, std::string_view name) {
  const auto& own = ProfileOf(provider).own_claims;
  return std::find(std::begin(kCommonClaims), std::end(kCommonClaims), name) !=
             std::end(kCommonClaims) ||
         std::any_of(own.begin(), own.end(), [name](std::string_view each) {
           return name == each || (each.ends_with('_') && name.starts_with(each));
         });
}

bool IsListClaim(Provider provider, std::string_view name) {
  const auto& lists = ProfileOf(provider).list_claims;
  return name == "aud" || std::find(lists.begin(), lists.end(), name) != lists.end();
}

bool IsPersonalClaim(std::string_view name) {
  return std::find(std::begin(kLoginClaims), std::end(kLoginClaims), name) !=
             std::end(kLoginClaims) ||
         std::any_of(std::begin(kProfiles), std::end(kProfiles),
                     [name](const auto* each) { return each->is_personal_claim(name); });
}

bool IsRequiredClaim(Provider provider, std::string_view name) {
  const Findings missing = ProfileOf(provider).check_job_token(Object());
  return std::any_of(missing.begin(), missing.end(), [name](const Finding& finding) {
    return !finding.evidence.empty() && finding.evidence.front().field == name;
  });
}

std::vector<std::string> ClaimNames(Provider provider) {
  const auto& own = ProfileOf(provider).own_claims;
  std::vector<std::string> names(std::begin(kCommonClaims), std::end(kCommonClaims));
  names.insert(names.end(), own.begin(), own.end());
  return names;
}

const std::vector<std::string>& FactNames() {
  static const std::vector<std::string> kNames = AllFactNames();
  return kNames;
}

Findings CheckJobToken(Provider provider, const SignedToken& token) {
  return ProfileOf(provider).check_job_token(token.claims());
}

Findings Bind(Provider provider, const SignedToken& token, const Job& job, TokenOrigin origin) {
  return ProfileOf(provider).bind(token.claims(), job, origin);
}

bool IsFork(Provider provider, const SignedToken* token, const Job& job,
            const OwnEvents& own_events) {
  return ProfileOf(provider).is_fork(ClaimsOf(token), job, own_events);
}

Object MakeFacts(Provider provider, const SignedToken* token, const Job& job,
                 const OwnEvents& own_events) {
  return ProfileOf(provider).make_facts(ClaimsOf(token), job, own_events);
}

}  // namespace jobwarden
