#ifndef JOBWARDEN_HOOKS_GITHUB_EVENT_H_
#define JOBWARDEN_HOOKS_GITHUB_EVENT_H_

#include <cstddef>
#include <string_view>

#include "verifier/provider/job.h"

namespace jobwarden {

inline constexpr std::size_t kMaxEventBytes = std::size_t{8} << 20U;

/// Whether the payload of the job's event names the owner of the branch that the job builds.
bool NamesBranchOwner(const Job& job);

/// Sets the owner of the branch (`head_repository` and `base_repository` with their ids, `fork`,
/// `event_before`) from the payload of the job's event, JSON of which a stranger wrote a part. If
/// the payload is not what GitHub sends, `owner_unread` says so, and IsFork uses the event's name.
///
/// pull_request, pull_request_target, pull_request_review, pull_request_review_comment: a fork if
/// the head repository is not the base, or is gone. workflow_run: the same for the run before.
/// issue_comment: a fork if it is on a pull request, because the payload does not name the owner of
/// its branch.
void ReadEvent(std::string_view payload, Job& job);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_EVENT_H_
