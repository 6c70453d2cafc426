#include "hooks/github/github_job.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "hooks/github/event.h"
#include "verifier/os/file.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kJobUnreadable;

// Nothing if it is absent or empty.
std::optional<std::string> Take(const Environment& environment, std::string_view name) {
  const std::string_view value = environment.Get(name);
  if (value.empty()) return std::nullopt;
  return std::string(value);
}

// Nothing if it is absent. The runner sets some variables to the empty text, which is a value.
std::optional<std::string> TakeAsItIs(const Environment& environment, std::string_view name) {
  const auto variable = environment.variables().find(name);
  if (variable == environment.variables().end()) return std::nullopt;
  return std::string(variable->second.view());
}

// If the payload cannot be read, `fork` stays absent and the event's name decides.
void ReadPayload(const Environment& environment, Job& job) {
  if (!NamesBranchOwner(job)) return;
  const std::string path(environment.Get("GITHUB_EVENT_PATH"));
  if (!path.starts_with('/')) {
    job.owner_unread = NotSetByRunner("GITHUB_EVENT_PATH").message;
    return;
  }
  const auto payload = ReadFile(path, kMaxEventBytes, kCode, "event payload");
  if (payload) {
    ReadEvent(*payload, job);
  } else {
    job.owner_unread = payload.findings().front().message;
  }
}

}  // namespace

Finding NotSetByRunner(std::string_view variable) {
  return {kCode, fmt::format("variable {}: expected what the runner sets, got nothing", variable),
          "is this called by a hook of GitHub's runner?"};
}

Result<Job> ReadGitHubJob(const Environment& environment) {
  for (const std::string_view name : {"GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"}) {
    if (!environment.Get(name).empty()) continue;
    return NotSetByRunner(name);
  }
  Job job;
  job.provider = Provider::kGitHub;
  job.token_origin = TokenOrigin::kRequested;
  job.server_url = Take(environment, "GITHUB_SERVER_URL");
  job.repository = Take(environment, "GITHUB_REPOSITORY");
  job.repository_id = Take(environment, "GITHUB_REPOSITORY_ID");
  job.run_id = Take(environment, "GITHUB_RUN_ID");
  job.run_attempt = Take(environment, "GITHUB_RUN_ATTEMPT");
  job.sha = Take(environment, "GITHUB_SHA");
  // Empty in a deployment of a commit.
  job.ref = TakeAsItIs(environment, "GITHUB_REF");
  job.ref_type = Take(environment, "GITHUB_REF_TYPE");
  job.workflow_ref = Take(environment, "GITHUB_WORKFLOW_REF");
  job.actor = Take(environment, "GITHUB_ACTOR");
  job.actor_id = Take(environment, "GITHUB_ACTOR_ID");
  job.event = Take(environment, "GITHUB_EVENT_NAME");
  job.job_name = Take(environment, "GITHUB_JOB");
  if (const auto is_protected = Take(environment, "GITHUB_REF_PROTECTED")) {
    job.ref_protected = *is_protected == "true";
  }
  // GitHub's own machines do not run this hook.
  job.runner_environment = "self-hosted";
  // The job's `container:` and `services:` are not known before its first step.
  job.disputed = {"image", "services"};
  ReadPayload(environment, job);
  return job;
}

}  // namespace jobwarden
