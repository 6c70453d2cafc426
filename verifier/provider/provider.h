#ifndef JOBWARDEN_VERIFIER_PROVIDER_PROVIDER_H_
#define JOBWARDEN_VERIFIER_PROVIDER_PROVIDER_H_

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"
#include "verifier/token/signed_token.h"

namespace jobwarden {

/// Checks that the claims are there that make a token a CI job's token, with the types that the
/// provider gives them (REQUIRED_CLAIM_MISSING, CLAIM_INVALID). GitLab signs its login tokens with
/// a key of the same set: they have no `job_id` and no `pipeline_id`.
Findings CheckJobToken(Provider provider, const SignedToken& token);

/// Holds a token against the job that the runner is about to run: every id that both have must be
/// the same (JOB_MISMATCH, one finding for each that differs). Ids that only one of them has are
/// not compared, except that the job's own id must be there on both sides: without it nothing is
/// bound, and the token is refused.
///
/// GitLab: a `project_id` that differs while job, pipeline and commit agree is a fork's merge
/// request, which IsFork says, and no mismatch. In a merge request pipeline the token's `ref` is
/// held against the source branch.
/// REQUIRES: job.bindable.
Findings Bind(Provider provider, const SignedToken& token, const Job& job);

/// Whether the job runs what a fork wrote, as far as the token (null: there is none) and the job
/// tell.
///
/// GitLab: the token's `project_id`, or the merge request's source project, is not where the job
/// runs (`job_project_id`, else `Job::project_id`), or `Job::fork` says so. No sign is no fork:
/// GitLab's jobs always say. GitHub: head and base repository differ, else what `Job::fork` says,
/// else the event: one that a fork's pull request can cause counts as a fork, and so does one that
/// is not known here.
bool IsFork(Provider provider, const SignedToken* token, const Job& job);

/// Whether the jobs of this event of GitHub run what stands in the repository itself, whoever
/// caused it. False for those that a fork's pull request can cause, and for what is not known here.
bool IsOwnEvent(std::string_view event);

/// The named values that rules see as `facts`: `fork`, `event`, `project_path`, `project_id`,
/// `job_name`, `ref`, `ref_type`, `ref_protected`, `sha`, `user_id`, `image`, `services`; GitHub
/// also `head_repository`, `base_repository`, `workflow_ref`, `actor`. A fact comes from the
/// verified token where it has the claim, else from the job; unknown ones are absent.
///
/// GitLab: `project_id` and `project_path` are where the job runs, on every server. For a fork's
/// merge request in the parent project that is the parent, whatever the claim `project_path` names:
/// the fork since 18.2.2, the parent before. `ref` is the source branch of a merge request.
Object MakeFacts(Provider provider, const SignedToken* token, const Job& job);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_PROVIDER_PROVIDER_H_
