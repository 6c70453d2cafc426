#include "verifier/review/test_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/policy/decision.h"
#include "verifier/policy/trace.h"
#include "verifier/review/unsigned_job.h"

namespace jobwarden {
namespace {

std::vector<std::string> CodesOf(const Findings& findings) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings) {
    if (Forbids(finding)) codes.emplace_back(CodeName(finding.code));
  }
  std::sort(codes.begin(), codes.end());
  return codes;
}

std::string Words(const Decision& decision) {
  if (decision.outcome() == Outcome::kAllow) {
    return fmt::format("allowed by rule {}", Quote(decision.rule()));
  }
  return "denied: " + Join(CodesOf(decision.findings()), ", ");
}

bool HasRule(const Policy& policy, const std::string& name) {
  const auto named = [&](const Rule& rule) { return rule.name == name; };
  return std::any_of(policy.allow.begin(), policy.allow.end(), named) ||
         std::any_of(policy.deny.begin(), policy.deny.end(), named);
}

// Whether the rule decided: it allowed, or it is one of those that denied.
bool Decided(const std::string& name, const Decision& decision,
             const std::vector<RuleTrace>& traces) {
  if (decision.outcome() == Outcome::kAllow) return decision.rule() == name;
  return std::any_of(traces.begin(), traces.end(), [&](const RuleTrace& trace) {
    return trace.is_deny && trace.applies && !trace.rule->report_only && trace.rule->name == name;
  });
}

std::vector<std::string> Differences(const TestCase& expected, const Decision& decision,
                                     const std::vector<RuleTrace>& traces) {
  std::vector<std::string> all;
  const bool allowed = decision.outcome() == Outcome::kAllow;
  if (allowed != expected.allow) {
    all.push_back(
        fmt::format("expected {}, got {}", expected.allow ? "allow" : "deny", Words(decision)));
  } else if (!expected.rule.empty() && !Decided(expected.rule, decision, traces)) {
    all.push_back(fmt::format("rule: expected {}, got {}", Quote(expected.rule), Words(decision)));
  }
  if (!expected.findings) return all;
  std::vector<std::string> codes = *expected.findings;
  std::sort(codes.begin(), codes.end());
  const std::vector<std::string> got = CodesOf(decision.findings());
  if (codes != got) {
    all.push_back(fmt::format("findings: expected {}, got {}",
                              codes.empty() ? "none" : Join(codes, ", "),
                              got.empty() ? "none" : Join(got, ", ")));
  }
  return all;
}

Coverage::RuleCoverage Untouched(const Rule& rule, bool is_deny) {
  Coverage::RuleCoverage coverage{rule.name, is_deny, rule.place, false, {}};
  for (const NamedCondition& each : rule.claims) {
    coverage.conditions.push_back({"claims." + each.name, each.place, false});
  }
  for (const NamedCondition& each : rule.facts) {
    coverage.conditions.push_back({"facts." + each.name, each.place, false});
  }
  return coverage;
}

// REQUIRES: the trace is of that rule, so the conditions are in the same order.
void Touch(Coverage::RuleCoverage& coverage, const RuleTrace& trace) {
  coverage.touched = coverage.touched || trace.applies;
  if (trace.unmet() != 1) return;
  for (std::size_t i = 0; i < trace.matchers.size(); ++i) {
    if (!trace.matchers[i].met) coverage.conditions[i].touched = true;
  }
}

}  // namespace

Coverage::Coverage(const Config& config) : config_(config) {
  for (const Rule& rule : config.policy.deny) rules_.push_back(Untouched(rule, true));
  for (const Rule& rule : config.policy.allow) rules_.push_back(Untouched(rule, false));
}

std::size_t Coverage::total() const {
  std::size_t count = rules_.size();
  for (const RuleCoverage& rule : rules_) count += rule.conditions.size();
  return count;
}

std::size_t Coverage::touched() const {
  std::size_t count = 0;
  for (const RuleCoverage& rule : rules_) {
    if (rule.touched) ++count;
    count += static_cast<std::size_t>(std::count_if(rule.conditions.begin(), rule.conditions.end(),
                                                    [](const auto& each) { return each.touched; }));
  }
  return count;
}

std::vector<Problem> TestRun::Run(const std::string& path, const TestFile& file) {
  std::vector<Problem> problems;
  std::vector<UnsignedJob> jobs;
  for (const TestCase& each : file.cases) {
    if (!each.rule.empty() && !HasRule(config_.policy, each.rule)) {
      std::vector<std::string> names;
      for (const auto& rule : coverage_.rules()) names.push_back(rule.name);
      const std::string nearest = NearestWord(each.rule, names);
      problems.push_back(
          {each.place,
           {Code::kConfigInvalid, fmt::format("no rule has the name {}", Quote(each.rule)),
            nearest.empty() ? "" : fmt::format("did you mean {}?", Quote(nearest))}});
    }
    auto job = MakeUnsignedJob({each.job.provider, each.job.issuer, each.job.claims, each.job.facts,
                                each.job.audiences.value_or(std::vector<std::string>())},
                               config_);
    if (job) {
      jobs.push_back(*std::move(job));
    } else {
      for (Finding& finding : job.findings()) problems.push_back({each.place, std::move(finding)});
    }
  }
  if (!problems.empty()) return problems;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const TestCase& one = file.cases[i];
    const Decision decision = Decide(config_.policy, jobs[i].subject(), {});
    const auto traces = TraceRules(config_.policy, jobs[i].subject());
    for (std::size_t rule = 0; rule < traces.size(); ++rule) {
      Touch(coverage_.rules_[rule], traces[rule]);
    }
    CaseResult result{
        path, one.name, one.place, Words(decision), Differences(one, decision, traces), {}};
    for (const Finding& finding : decision.findings()) result.reasons.push_back(finding.message);
    results_.push_back(std::move(result));
  }
  return problems;
}

}  // namespace jobwarden
