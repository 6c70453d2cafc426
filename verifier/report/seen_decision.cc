#include "verifier/report/seen_decision.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "verifier/base/value.h"
#include "verifier/history/raw_object.h"

namespace jobwarden {
namespace {

std::string TextOf(const Value& object, std::string_view name) {
  const Value* member = object.Find(name);
  const std::string* text = member == nullptr ? nullptr : member->AsString();
  return text == nullptr ? "" : *text;
}

Outcome OutcomeOfName(std::string_view name) {
  for (const Outcome outcome : {Outcome::kAllow, Outcome::kDeny, Outcome::kUsage}) {
    if (OutcomeName(outcome) == name) return outcome;
  }
  return Outcome::kError;
}

std::vector<SeenDecision::Reason> Reasons(const RawObject& members) {
  std::vector<SeenDecision::Reason> reasons;
  if (members.Text("findings") == "[]") return reasons;
  const auto findings = members.Get("findings");
  const Array* list = findings ? findings->AsArray() : nullptr;
  if (list == nullptr) return reasons;
  for (const Value& each : *list) {
    const Value* report_only = each.Find("report_only");
    reasons.push_back({TextOf(each, "code"), TextOf(each, "message"),
                       TextOf(each, "severity") == "error",
                       report_only != nullptr && report_only->AsBool() == true});
  }
  return reasons;
}

// The kind of each name of a token.
std::vector<SeenDecision::Name> Kinds(const RawObject& members) {
  std::vector<SeenDecision::Name> kinds;
  const auto tokens = members.Get("tokens");
  const Array* list = tokens ? tokens->AsArray() : nullptr;
  if (list == nullptr) return kinds;
  for (const Value& token : *list) {
    const Value* names = token.Find("names");
    const Array* array = names == nullptr ? nullptr : names->AsArray();
    if (array == nullptr) continue;
    for (const Value& name : *array) {
      if (name.AsString() != nullptr) kinds.push_back({*name.AsString(), TextOf(token, "kind")});
    }
  }
  return kinds;
}

std::vector<SeenDecision::Name> Names(const RawObject& exposure, std::string_view treatment,
                                      const std::vector<SeenDecision::Name>& kinds) {
  std::vector<SeenDecision::Name> names;
  if (exposure.Text(treatment) == "[]") return names;
  const auto value = exposure.Get(treatment);
  const Array* list = value ? value->AsArray() : nullptr;
  if (list == nullptr) return names;
  for (const Value& each : *list) {
    const std::string* name = each.AsString();
    if (name == nullptr) continue;
    const auto known = std::find_if(kinds.begin(), kinds.end(),
                                    [&](const auto& kind) { return kind.name == *name; });
    names.push_back({*name, known == kinds.end() ? "unknown" : known->kind});
  }
  return names;
}

}  // namespace

SeenDecision ReadSeenDecision(const HistoryEntry& entry) {
  const RawObject& members = entry.members;
  SeenDecision seen;
  seen.time = entry.time;
  seen.outcome = OutcomeOfName(members.GetString("outcome"));
  seen.reported = members.GetString("mode") == "report";
  seen.ran = seen.outcome == Outcome::kAllow || members.Text("enforced") == "false";
  seen.id = members.GetString("id");
  seen.rule = members.GetString("rule");
  seen.policy_sha256 = members.GetString("policy_sha256");
  if (const auto job = RawObject::Split(members.Text("job"))) {
    seen.job_id = job->GetString("id");
    seen.project = job->GetString("project");
  }
  seen.findings = Reasons(members);
  if (!seen.ran) return seen;
  if (const auto exposure = RawObject::Split(members.Text("exposure"))) {
    const auto kinds = Kinds(members);
    seen.stripped = Names(*exposure, "stripped", kinds);
    seen.masked = Names(*exposure, "masked", kinds);
    seen.kept = Names(*exposure, "kept", kinds);
  }
  return seen;
}

SeenRequest ReadSeenRequest(const HistoryEntry& entry) {
  const RawObject& members = entry.members;
  SeenRequest seen;
  seen.time = entry.time;
  seen.decision_id = members.GetString("id");
  seen.outcome = members.GetString("outcome");
  seen.audience = members.GetString("audience");
  if (const auto job = RawObject::Split(members.Text("job"))) {
    seen.project = job->GetString("project");
  }
  if (const auto reasons = Reasons(members); !reasons.empty()) seen.code = reasons.front().code;
  return seen;
}

}  // namespace jobwarden
