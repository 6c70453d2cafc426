// A payload of an event, of which the first byte chooses the name. Whatever it says: a job that
// counts as no fork's has named its own repository as the branch's, or is about no pull request.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hooks/github/event.h"
#include "verifier/provider/provider.h"
#include "verifier/provider/repository.h"

using namespace jobwarden;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<const char*, 4> kEvents{"pull_request", "workflow_run", "issue_comment",
                                               "push"};
  if (size == 0) return 0;
  Job job;
  job.provider = Provider::kGitHub;
  job.repository = "shop/checkout";
  job.repository_id = "61";
  job.event = kEvents[data[0] % kEvents.size()];
  ReadEvent(std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1), job);
  if (IsFork(Provider::kGitHub, nullptr, job)) return 0;
  const bool about_a_branch = *job.event == "pull_request" || *job.event == "workflow_run";
  const Repository head{job.head_repository_id, job.head_repository};
  if (about_a_branch && !SameRepository(head, {job.repository_id, job.repository})) std::abort();
  return 0;
}
