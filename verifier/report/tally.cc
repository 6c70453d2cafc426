#include "verifier/report/tally.h"

#include <algorithm>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

// The keys under which a full table counts what is new.

std::string OthersOf(const std::string& /*key*/) {
  return std::string(Tally::kOthers);
}

std::pair<std::string, bool> OthersOf(const std::pair<std::string, bool>& key) {
  return {OthersOf(key.first), key.second};
}

std::pair<std::string, std::string> OthersOf(const std::pair<std::string, std::string>& key) {
  return {OthersOf(key.first), OthersOf(key.second)};
}

RefusalKey OthersOf(const RefusalKey& key) {
  const std::string others = OthersOf(key.project);
  return {key.would, key.reasons, others, others};
}

RequestKey OthersOf(const RequestKey& key) {
  const std::string others = OthersOf(key.project);
  return {key.outcome, others, others, others};
}

template <class Table>
auto& Row(Table& table, const typename Table::key_type& key) {
  const auto found = table.find(key);
  if (found != table.end()) return found->second;
  return table.size() < Tally::kMaxRows ? table[key] : table[OthersOf(key)];
}

template <class Table>
void MergeTable(Table& table, const Table& other) {
  for (const auto& [key, value] : other) Row(table, key) += value;
}

std::string ReasonsOf(const SeenDecision& decision) {
  std::vector<std::string> codes;
  for (const SeenDecision::Reason& each : decision.findings) {
    if (!each.forbids || std::find(codes.begin(), codes.end(), each.code) != codes.end()) continue;
    codes.push_back(each.code);
  }
  return codes.empty() ? std::string(OutcomeName(decision.outcome)) : Join(codes, ", ");
}

}  // namespace

void OutcomeCounts::Add(const SeenDecision& decision) {
  if (decision.outcome == Outcome::kAllow) {
    ++allowed;
  } else if (decision.outcome != Outcome::kDeny) {
    ++failed;
  } else {
    ++(decision.reported ? would_deny : denied);
  }
}

OutcomeCounts& OutcomeCounts::operator+=(const OutcomeCounts& other) {
  allowed += other.allowed;
  denied += other.denied;
  would_deny += other.would_deny;
  failed += other.failed;
  return *this;
}

Refusals& Refusals::operator+=(const Refusals& other) {
  const bool is_later = count == 0 || other.last >= last;
  count += other.count;
  if (!is_later) return *this;
  last = other.last;
  id = other.id;
  job_id = other.job_id;
  message = other.message;
  return *this;
}

RequestCounts& RequestCounts::operator+=(const RequestCounts& other) {
  const bool is_later = count == 0 || other.last >= last;
  count += other.count;
  if (!is_later) return *this;
  last = other.last;
  decision_id = other.decision_id;
  return *this;
}

TreatmentCounts& TreatmentCounts::operator+=(const TreatmentCounts& other) {
  stripped += other.stripped;
  masked += other.masked;
  kept += other.kept;
  would_strip += other.would_strip;
  return *this;
}

void Tally::AddRefusal(const SeenDecision& decision, const RefusalKey& key,
                       const std::string& message) {
  Row(refusals, key) += Refusals{1, decision.time, decision.id, decision.job_id, message};
}

void Tally::Add(const SeenDecision& decision, const std::string& host) {
  outcomes.Add(decision);
  first = first ? std::min(*first, decision.time) : decision.time;
  last = last ? std::max(*last, decision.time) : decision.time;
  hours[std::chrono::floor<std::chrono::hours>(decision.time).time_since_epoch().count()].Add(
      decision);
  Row(hosts, host).Add(decision);
  Row(projects, decision.project).Add(decision);
  if (policies.size() < kMaxRows) policies.insert(decision.policy_sha256);

  const SeenDecision::Reason* reason = nullptr;
  std::set<std::pair<std::string_view, bool>> seen;
  for (const SeenDecision::Reason& each : decision.findings) {
    if (each.forbids && reason == nullptr) reason = &each;
    if (seen.emplace(each.code, each.forbids).second) ++Row(findings, {each.code, each.forbids});
    if (each.code != CodeName(Code::kRuleDenied)) continue;
    ++Row(deny_rules, each.message.substr(0, each.message.find(" denies this job")));
    if (each.report_only)
      AddRefusal(decision, {true, each.code, decision.project, host}, each.message);
  }
  if (decision.outcome == Outcome::kAllow) {
    ++Row(allow_rules, decision.rule);
  } else {
    AddRefusal(decision, {decision.reported, ReasonsOf(decision), decision.project, host},
               reason == nullptr ? "" : reason->message);
  }
  const auto count = [&](const std::vector<SeenDecision::Name>& list,
                         std::uint64_t TreatmentCounts::*treatment) {
    for (const auto& [name, kind] : list) {
      ++(Row(kinds, kind).*treatment);
      ++(Row(names, {name, kind}).*treatment);
    }
  };
  count(decision.stripped,
        decision.reported ? &TreatmentCounts::would_strip : &TreatmentCounts::stripped);
  count(decision.masked, &TreatmentCounts::masked);
  count(decision.kept, &TreatmentCounts::kept);
}

void Tally::Add(const SeenRequest& request) {
  Row(requests, {request.outcome, request.code, request.project, request.audience}) +=
      RequestCounts{1, request.time, request.decision_id};
}

void Tally::Merge(const Tally& other) {
  outcomes += other.outcomes;
  if (other.first) first = first ? std::min(*first, *other.first) : other.first;
  if (other.last) last = last ? std::max(*last, *other.last) : other.last;
  for (const auto& [hour, counts] : other.hours) hours[hour] += counts;
  MergeTable(hosts, other.hosts);
  MergeTable(projects, other.projects);
  MergeTable(refusals, other.refusals);
  MergeTable(findings, other.findings);
  MergeTable(allow_rules, other.allow_rules);
  MergeTable(deny_rules, other.deny_rules);
  MergeTable(kinds, other.kinds);
  MergeTable(names, other.names);
  MergeTable(requests, other.requests);
  for (const std::string& policy : other.policies) {
    if (policies.size() < kMaxRows) policies.insert(policy);
  }
}

}  // namespace jobwarden
