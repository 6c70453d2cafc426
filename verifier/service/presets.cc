#include "verifier/service/presets.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/service/json_answer.h"

namespace jobwarden {
namespace {

struct Preset {
  std::string_view name;
  std::optional<Provider> provider;  // of the configuration
  const char* issuer;
  std::vector<const char*> required_claims;
  const char* note;
};

const std::vector<Preset>& Presets() {
  static const std::vector<Preset> all{
      {"github_actions",
       Provider::kGitHub,
       "https://token.actions.githubusercontent.com",
       {"repository", "ref", "sha", "run_id", "event_name"},
       "send these tokens to /v1/validate/ci-oidc; repositories can be renamed, repository_id "
       "stays"},
      {"gitlab",
       Provider::kGitLab,
       "https://gitlab.com",
       {"project_path", "ref", "ref_protected", "job_id", "pipeline_id"},
       "send these tokens to /v1/validate/ci-oidc; GitLab signs its login tokens with the same "
       "keys: job_id tells them apart"},
      {"auth0",
       std::nullopt,
       "https://YOUR_DOMAIN.auth0.com/",
       {"sub"},
       "the issuer ends with a slash; access tokens for an API have its identifier as audience"},
      {"okta",
       std::nullopt,
       "https://YOUR_DOMAIN.okta.com/oauth2/default",
       {"sub"},
       "scopes are the list scp; each authorization server is an issuer of its own"},
      {"cognito",
       std::nullopt,
       "https://cognito-idp.REGION.amazonaws.com/POOL_ID",
       {"sub", "token_use"},
       "access tokens have no aud, but client_id: send id tokens, whose aud is the client's id"},
  };
  return all;
}

}  // namespace

HttpResponse PresetFor(const Config& config, std::string_view provider) {
  Array known;
  for (const Preset& preset : Presets()) {
    known.emplace_back(preset.name);
    if (preset.name != provider) continue;
    std::string issuer = preset.issuer;
    Array audiences;
    Array notes{preset.note};
    bool is_first = true;
    for (const Issuer& each : config.issuers) {
      if (each.provider != preset.provider) continue;
      notes.emplace_back(
          fmt::format("configured here: issuer_profile_id {}, {}", Quote(each.name), each.url));
      if (!std::exchange(is_first, false)) continue;
      issuer = each.url;
      for (const std::string& audience : each.audiences) audiences.emplace_back(audience);
    }
    if (is_first) audiences.emplace_back("YOUR_AUDIENCE");
    Object policy{
        {"issuer", issuer},
        {"audiences", std::move(audiences)},
        {"allowed_algs", Array{"RS256"}},
        {"required_claims", Array(preset.required_claims.begin(), preset.required_claims.end())},
        {"required_scopes", Array()},
        {"clock_skew_seconds", 30}};
    return JsonAnswer(200, Object{{"provider", provider},
                                  {"issuer", issuer},
                                  {"policy", std::move(policy)},
                                  {"notes", std::move(notes)}});
  }
  HttpResponse answer =
      JsonAnswer(404, Object{{"error", Object{{"code", "PRESET_UNKNOWN"},
                                              {"message", "provider: not a known preset"},
                                              {"hint", "the known ones are in known_providers"}}},
                             {"known_providers", std::move(known)}});
  answer.outcome = "PRESET_UNKNOWN";
  return answer;
}

}  // namespace jobwarden
