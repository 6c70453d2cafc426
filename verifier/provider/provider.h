#ifndef JOBWARDEN_VERIFIER_PROVIDER_PROVIDER_H_
#define JOBWARDEN_VERIFIER_PROVIDER_PROVIDER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/provider/github_events.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"
#include "verifier/token/signed_token.h"

namespace jobwarden {

std::vector<Provider> AllProviders();

/// The provider's name in the configuration and in records: `gitlab`, `github`.
std::string_view ProviderName(Provider provider);
std::optional<Provider> ProviderFromName(std::string_view name);

/// Whether the server hands out an id_token when the job requests one (GitHub). If not, the job
/// finds its id_tokens in its variables (GitLab).
bool RequestsIdTokens(Provider provider);

/// Where the CI server is whose jobs get tokens of this issuer. Where the form of `issuer_url` is
/// not known here, that is `issuer_url` itself.
std::string ServerUrlOf(Provider provider, const std::string& issuer_url);

/// The lines that a job's author adds so that the job has an id_token for this audience, below a
/// line that says where they go.
std::vector<std::string> LinesForAToken(Provider provider, const std::string& audience);

/// Checks that a token has the claims that make it a CI job's token, with the provider's types
/// (REQUIRED_CLAIM_MISSING, CLAIM_INVALID). GitLab signs its login tokens with a key of the same
/// set: they have no `job_id` and no `pipeline_id`.
Findings CheckJobToken(Provider provider, const SignedToken& token);

/// Compares a token with the job that the runner is about to run: every id that both have must be
/// the same (JOB_MISMATCH, one finding for each that differs). Ids that only one of them has are
/// not compared, except that the job's own id must be there on both sides: without it nothing is
/// bound, and the token is refused.
///
/// GitLab: if `project_id` differs while job, pipeline and commit agree, the job is a fork's merge
/// request. IsFork reports it, Bind does not. In a merge request pipeline the token's `ref` is
/// compared with the source branch. GitHub: repositories are compared by their ids, by their names
/// only where an id is missing. `sha`, `workflow_ref`, `actor_id` and `event_name` that differ are
/// warnings, if `origin` and the ids of repository, run and attempt show that the token is this
/// job's.
/// REQUIRES: job.bindable.
Findings Bind(Provider provider, const SignedToken& token, const Job& job,
              TokenOrigin origin = TokenOrigin::kFound);

/// Whether the job runs what a fork wrote, as far as the token (null: there is none) and the job
/// tell.
///
/// GitLab: the token's `project_id`, or the merge request's source project, is not the project
/// where the job runs (`job_project_id`, else `Job::project_id`), or `Job::fork` is true. A job
/// that shows none of these signs is not a fork's: GitLab's jobs always show one. GitHub: what
/// `own_events` says of the job's event decides, else head and base repository if they differ, else
/// the event of the run before, if it is neither `pull_request` nor IsOwnEvent, else `Job::fork`,
/// else IsOwnEvent.
bool IsFork(Provider provider, const SignedToken* token, const Job& job,
            const OwnEvents& own_events = {});

/// The named values that rules see as `facts`: `fork`, `event`, `project_path`, `project_id`,
/// `job_name`, `ref`, `ref_type`, `ref_protected`, `sha`, `user_id`, `image`, `services`; GitHub
/// also `head_repository`, `base_repository`, `workflow_ref`, `actor`. A fact comes from the
/// verified token if the token has the claim, else from the job; unknown facts are absent.
///
/// GitLab: `project_id` and `project_path` name the project where the job runs, on every server.
/// For a fork's merge request in the parent project that is the parent, whatever the claim
/// `project_path` names: the fork since 18.2.2, the parent before. `ref` is the source branch of a
/// merge request.
Object MakeFacts(Provider provider, const SignedToken* token, const Job& job,
                 const OwnEvents& own_events = {});

/// The facts that MakeFacts would make of a token with these claims (null: there is no token). For
/// those who try rules; nobody has signed such claims.
Object FactsOfUnsigned(Provider provider, const Object* claims, const Job& job,
                       const OwnEvents& own_events);

/// Whether tokens of this provider may have the claim, as far as is known here: servers get new
/// claims.
bool IsClaim(Provider provider, std::string_view name);
/// Whether the claim can be something else than text or a number: an array, an object.
bool IsListClaim(Provider provider, std::string_view name);
/// Whether the claim says who a person is: the one who started the job, and that person's groups.
/// Of any provider; also the claims of a login token, which a server may sign with the same key
/// (OpenID Connect Core 1.0 §5.1). Projects, repositories and refs may have a person's name in
/// theirs; they are not counted.
bool IsPersonalClaim(std::string_view name);
/// Whether CheckJobToken refuses a token without the claim.
bool IsRequiredClaim(Provider provider, std::string_view name);
/// The names of the provider's claims.
std::vector<std::string> ClaimNames(Provider provider);

/// The names of all facts that MakeFacts can make, of any provider.
const std::vector<std::string>& FactNames();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_PROVIDER_H_
