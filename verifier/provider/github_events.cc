#include "verifier/provider/github_events.h"

#include <algorithm>
#include <iterator>

namespace jobwarden {
namespace {

struct Event {
  std::string_view name;
  bool is_own;
};

constexpr Event kEvents[] = {
    {"branch_protection_rule", true},
    {"check_run", false},
    {"check_suite", false},
    {"create", true},
    {"delete", true},
    {"deployment", false},
    {"deployment_status", false},
    {"discussion", true},
    {"discussion_comment", true},
    {"dynamic", false},
    {"fork", true},
    {"gollum", true},
    {"issue_comment", false},
    {"issues", true},
    {"label", true},
    {"merge_group", false},
    {"milestone", true},
    {"page_build", true},
    {"public", true},
    {"pull_request", false},
    {"pull_request_review", false},
    {"pull_request_review_comment", false},
    {"pull_request_target", false},
    {"push", true},
    {"registry_package", true},
    {"release", true},
    {"repository_dispatch", true},
    {"schedule", true},
    {"status", false},
    {"watch", true},
    {"workflow_dispatch", true},
    {"workflow_run", false},
};

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  for (const Event& event : kEvents) names.emplace_back(event.name);
  return names;
}

}  // namespace

const std::vector<std::string>& GitHubEventNames() {
  static const std::vector<std::string> kNames = AllNames();
  return kNames;
}

bool IsOwnEvent(std::string_view event, const OwnEvents& said) {
  if (const auto at = said.find(event); at != said.end()) return at->second;
  return std::any_of(std::begin(kEvents), std::end(kEvents),
                     [&](const Event& each) { return each.name == event && each.is_own; });
}

}  // namespace jobwarden
