#ifndef JOBWARDEN_VERIFIER_PROVIDER_PROFILE_H_
#define JOBWARDEN_VERIFIER_PROVIDER_PROFILE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/provider/github_events.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"

namespace jobwarden {

/// All that differs between CI providers. Each provider is one file, which defines its profile, one
/// line here, and one line of the table in provider.cc.
///
/// The functions do what provider.h says of those with the same names. `claims` are a verified
/// token's; IsFork and MakeFacts get a null pointer where the job has no token.
struct ProviderProfile {
  Provider provider;
  std::string_view name;  ///< as the configuration and records have it
  /// Whether the server hands out an id_token when the job requests one. If not, the job finds its
  /// id_tokens in its variables.
  bool requests_id_tokens;
  std::span<const std::string_view> own_facts;  ///< beside kCommonFacts
  /// The claims of its tokens beside kCommonClaims. `…_` at the end stands for all that begin so.
  std::span<const std::string_view> own_claims;
  std::span<const std::string_view> list_claims;  ///< those of them that are arrays or objects
  bool (*is_personal_claim)(std::string_view name);

  Findings (*check_job_token)(const Object& claims);
  Findings (*bind)(const Object& claims, const Job& job, TokenOrigin origin);
  bool (*is_fork)(const Object* claims, const Job& job, const OwnEvents& own_events);
  Object (*make_facts)(const Object* claims, const Job& job, const OwnEvents& own_events);
  std::string (*server_url)(const std::string& issuer_url);
  std::vector<std::string> (*lines_for_a_token)(const std::string& audience);
};

extern const ProviderProfile kGitLabProfile;
extern const ProviderProfile kGitHubProfile;

/// The claims of every id_token.
inline constexpr std::string_view kCommonClaims[] = {"iss", "sub", "aud", "jti",
                                                     "exp", "iat", "nbf"};

/// The facts that the jobs of every provider may have.
inline constexpr std::string_view kCommonFacts[] = {
    "fork",     "event",         "project_path", "project_id", "job_name", "ref",
    "ref_type", "ref_protected", "sha",          "user_id",    "image",    "services"};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_PROFILE_H_
