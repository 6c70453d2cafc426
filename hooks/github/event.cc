#include "hooks/github/event.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>

#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/provider/repository.h"

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

bool IsObject(const Value* value) {
  return value != nullptr && value->AsObject() != nullptr;
}

// `{"id":61,"full_name":"shop/checkout", …}`. It is null if a fork was deleted.
Repository RepositoryOf(const Value* value) {
  const Value* id = Find(value, "id");
  const auto number = id == nullptr ? std::nullopt : id->AsInteger();
  return {number ? std::optional(std::to_string(*number)) : std::nullopt,
          TextOf(Find(value, "full_name"))};
}

// Sets the owner of a branch of `head` that a stranger may have brought into `base`, where this job
// runs.
void SetOwner(const Value* head, const Value* base, Job& job) {
  const Repository from = RepositoryOf(head);
  const Repository into = RepositoryOf(base);
  const Repository here{job.repository_id, job.repository};
  std::tie(job.head_repository_id, job.head_repository) = std::tie(from.id, from.name);
  std::tie(job.base_repository_id, job.base_repository) = std::tie(into.id, into.name);
  job.fork =
      !SameRepository(from, into) || !SameRepository(into, here) || !SameRepository(from, here);
}

// Each of these functions reads the payload of one kind of event. False if it is not what GitHub
// sends.

bool ReadPullRequest(const Value& payload, Job& job) {
  const Value* pull_request = payload.Find("pull_request");
  const Value* head = Find(pull_request, "head");
  const Value* base = Find(Find(pull_request, "base"), "repo");
  if (!IsObject(head) || !IsObject(base)) return false;
  SetOwner(Find(head, "repo"), base, job);
  return true;
}

// About the workflow that ran before. This job has the rights of the base, and perhaps uses
// artefacts of that run.
bool ReadWorkflowRun(const Value& payload, Job& job) {
  const Value* before = payload.Find("workflow_run");
  const Value* base = payload.Find("repository");
  job.event_before = TextOf(Find(before, "event"));
  if (!job.event_before || !IsObject(base)) return false;
  SetOwner(Find(before, "head_repository"), base, job);
  return true;
}

// The payload of a comment on a pull request does not name the owner of the branch.
bool ReadComment(const Value& payload, Job& job) {
  const Value* issue = payload.Find("issue");
  if (!IsObject(issue)) return false;
  job.fork = issue->Find("pull_request") != nullptr;
  return true;
}

struct Event {
  std::string_view name;
  bool (*read)(const Value& payload, Job& job);
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
  constexpr std::string_view kWhat = "event payload";
  const auto value = ParseJson(payload, {.max_bytes = kMaxEventBytes}, Code::kJobUnreadable, kWhat);
  if (!value) {
    job.owner_unread = value.findings().front().message;
  } else if (value->AsObject() == nullptr || !event->read(*value, job)) {
    job.owner_unread = fmt::format("{}: expected what GitHub sends for {}, got something else",
                                   kWhat, event->name);
  }
}

}  // namespace jobwarden
