#include "hooks/github/event.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

const Value* Find(const Value* value, std::string_view name) {
  return value == nullptr ? nullptr : value->Find(name);
}

// Nothing if it is not text, or is empty.
std::optional<std::string> TextOf(const Value* value) {
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  if (text == nullptr || text->empty()) return std::nullopt;
  return *text;
}

// The name in `{"full_name":"shop/checkout", …}`. The repository is null if a fork was deleted.
std::optional<std::string> FullName(const Value* repository) {
  return TextOf(Find(repository, "full_name"));
}

// Sets the owner of a branch of `head` that a stranger may have brought into `base`, where this job
// runs.
void SetOwner(const std::optional<std::string>& head, const std::optional<std::string>& base,
              Job& job) {
  job.head_repository = head;
  job.base_repository = base;
  if (!head || base != job.repository) job.fork = true;
}

void ReadPullRequest(const Value& payload, Job& job) {
  const Value* pull_request = payload.Find("pull_request");
  SetOwner(FullName(Find(Find(pull_request, "head"), "repo")),
           FullName(Find(Find(pull_request, "base"), "repo")), job);
}

// About the workflow that ran before. This job has the rights of the base, and perhaps uses
// artefacts of that run.
void ReadWorkflowRun(const Value& payload, Job& job) {
  const Value* before = payload.Find("workflow_run");
  SetOwner(FullName(Find(before, "head_repository")), FullName(payload.Find("repository")), job);
  // If a comment, or yet another workflow, caused that run, its head repository is the base,
  // whoever owns the branch that it built.
  const auto event = TextOf(Find(before, "event"));
  if (!event || !(IsOwnEvent(*event) || event->starts_with("pull_request"))) job.fork = true;
}

// The payload of a comment on a pull request does not name the owner of the branch.
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

const Event* Known(const Job& job) {
  const auto* event = std::find_if(std::begin(kEvents), std::end(kEvents),
                                   [&](const Event& each) { return each.name == job.event; });
  return event == std::end(kEvents) ? nullptr : event;
}

}  // namespace

bool NamesBranchOwner(const Job& job) {
  return Known(job) != nullptr;
}

void ReadEvent(std::string_view payload, Job& job) {
  const Event* event = Known(job);
  if (event == nullptr) return;
  const auto value =
      ParseJson(payload, {.max_bytes = kMaxEventBytes}, Code::kJobUnreadable, "event payload");
  if (value && value->AsObject() != nullptr) event->read(*value, job);
}

}  // namespace jobwarden
