#ifndef JOBWARDEN_HOOKS_GITHUB_EVENT_H_
#define JOBWARDEN_HOOKS_GITHUB_EVENT_H_

#include <cstddef>
#include <string_view>

#include "verifier/provider/job.h"

namespace jobwarden {

inline constexpr std::size_t kMaxEventBytes = std::size_t{8} << 20U;

/// Whether the payload of the job's event says whose branch it is about.
bool NamesBranchOwner(const Job& job);

/// Takes from the payload of the job's event, JSON that a stranger has filled in part, whose branch
/// it is about: `head_repository`, `base_repository`, `fork`. They stay as they are where it cannot
/// be read, and then IsFork goes by the event's name.
///
/// pull_request, pull_request_target, pull_request_review, pull_request_review_comment: a head
/// repository other than the base, or gone, is a fork. workflow_run: so is that of the run before,
/// and one whose own event does not tell. issue_comment: on a pull request it counts as a fork, for
/// it does not say whose that is.
void ReadEvent(std::string_view payload, Job& job);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_EVENT_H_
