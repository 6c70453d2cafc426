#include "hooks/github/github_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kJobUnreadable;
constexpr std::string_view kWhat = "event payload";

std::optional<std::string> Take(const Environment& environment, std::string_view name) {
  const std::string_view value = environment.Get(name);
  if (value.empty()) return std::nullopt;
  return std::string(value);
}

const Value* Find(const Value* value, std::string_view name) {
  return value == nullptr ? nullptr : value->Find(name);
}

// `{"full_name":"shop/checkout", …}`; null where a fork was deleted since.
std::optional<std::string> FullName(const Value* repository) {
  const Value* name = Find(repository, "full_name");
  const std::string* text = name == nullptr ? nullptr : name->AsString();
  if (text == nullptr || text->empty()) return std::nullopt;
  return *text;
}

// A branch of `head` that came into `base`, which is where this job runs.
void SayWhose(const std::optional<std::string>& head, const std::optional<std::string>& base,
              Job& job) {
  job.head_repository = head;
  job.base_repository = base;
  if (!head || base != job.repository) job.fork = true;
}

void ReadPullRequest(const Value& payload, Job& job) {
  const Value* pull_request = payload.Find("pull_request");
  SayWhose(FullName(Find(Find(pull_request, "head"), "repo")),
           FullName(Find(Find(pull_request, "base"), "repo")), job);
}

// Of the workflow that ran before: this job has the rights of the base, and perhaps its artefacts.
void ReadWorkflowRun(const Value& payload, Job& job) {
  SayWhose(FullName(Find(payload.Find("workflow_run"), "head_repository")),
           FullName(payload.Find("repository")), job);
}

// A comment on a pull request does not say whose branch that is.
void ReadComment(const Value& payload, Job& job) {
  const Value* issue = payload.Find("issue");
  job.fork =
      issue == nullptr || issue->AsObject() == nullptr || issue->Find("pull_request") != nullptr;
}

struct Event {
  std::string_view name;
  void (*read)(const Value& payload, Job& job);
};

constexpr Event kEvents[] = {
    {"pull_request", ReadPullRequest},        {"pull_request_target", ReadPullRequest},
    {"pull_request_review", ReadPullRequest}, {"pull_request_review_comment", ReadPullRequest},
    {"workflow_run", ReadWorkflowRun},        {"issue_comment", ReadComment},
};

// Leaves `fork` open where nothing can be read: then the event's name alone decides.
void ReadPayload(const Environment& environment, Job& job) {
  const auto* event = std::find_if(std::begin(kEvents), std::end(kEvents),
                                   [&](const Event& each) { return each.name == job.event; });
  const std::string path(environment.Get("GITHUB_EVENT_PATH"));
  if (event == std::end(kEvents) || !path.starts_with('/')) return;
  const auto bytes = ReadFile(path, kMaxEventBytes, kCode, kWhat);
  if (!bytes) return;
  const auto payload = ParseJson(*bytes, {.max_bytes = kMaxEventBytes}, kCode, kWhat);
  if (payload && payload->AsObject() != nullptr) event->read(*payload, job);
}

}  // namespace

Result<Job> ReadGitHubJob(const Environment& environment) {
  for (const std::string_view name : {"GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"}) {
    if (!environment.Get(name).empty()) continue;
    return Finding{kCode,
                   fmt::format("variable {}: expected what the runner sets, got nothing", name),
                   "is this called by a hook of GitHub's runner?",
                   {},
                   false};
  }
  Job job;
  job.provider = Provider::kGitHub;
  job.server_url = Take(environment, "GITHUB_SERVER_URL");
  job.repository = Take(environment, "GITHUB_REPOSITORY");
  job.repository_id = Take(environment, "GITHUB_REPOSITORY_ID");
  job.run_id = Take(environment, "GITHUB_RUN_ID");
  job.run_attempt = Take(environment, "GITHUB_RUN_ATTEMPT");
  job.sha = Take(environment, "GITHUB_SHA");
  job.ref = Take(environment, "GITHUB_REF");
  job.ref_type = Take(environment, "GITHUB_REF_TYPE");
  job.workflow_ref = Take(environment, "GITHUB_WORKFLOW_REF");
  job.actor = Take(environment, "GITHUB_ACTOR");
  job.actor_id = Take(environment, "GITHUB_ACTOR_ID");
  job.event = Take(environment, "GITHUB_EVENT_NAME");
  job.job_name = Take(environment, "GITHUB_JOB");
  if (const auto is_protected = Take(environment, "GITHUB_REF_PROTECTED")) {
    job.ref_protected = *is_protected == "true";
  }
  // GitHub's own machines run no such hook.
  job.runner_environment = "self-hosted";
  // `container:` and `services:` of the job are not known before its first step.
  job.disputed = {"image", "services"};
  ReadPayload(environment, job);
  return job;
}

}  // namespace jobwarden
