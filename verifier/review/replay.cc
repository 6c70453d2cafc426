#include "verifier/review/replay.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "verifier/policy/decision.h"
#include "verifier/policy/name_path.h"
#include "verifier/provider/github_events.h"
#include "verifier/provider/provider.h"
#include "verifier/review/recorded_job.h"

namespace jobwarden {
namespace {

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string FirstCode(const Findings& findings) {
  const auto first = std::find_if(findings.begin(), findings.end(), Forbids);
  return first == findings.end() ? "" : std::string(CodeName(first->code));
}

// What Decide did not find: it came before the rules were asked.
Findings FoundBefore(const Record& record) {
  const auto has_token_missing = [&] {
    return std::any_of(record.findings.begin(), record.findings.end(),
                       [](const Finding& each) { return each.code == Code::kTokenMissing; });
  };
  Findings before;
  for (const Finding& each : record.findings) {
    if (!Forbids(each)) continue;
    switch (each.code) {
      case Code::kForkDenied:
      case Code::kRuleDenied:
      case Code::kNoRuleAllows:
        continue;
      case Code::kTokenMissing:  // of the rules only where the job has no token at all
        if (!record.token) continue;
        break;
      case Code::kAudienceMismatch:  // of the rules, unless no token was for this runner
        if (!has_token_missing()) continue;
        break;
      case Code::kJobUnreadable:
        if (!each.evidence.empty() && each.evidence.front().field == "fork") continue;
        break;
      default:
        break;
    }
    before.push_back(each);
  }
  return before;
}

// The fact `fork` was made by the settings of that time.
void SetFork(UnsignedJob& job, const Config& config) {
  const std::string* event = job.facts.FindString("event");
  if (job.provider != Provider::kGitHub || event == nullptr) return;
  if (const auto said = config.own_events.find(*event); said != config.own_events.end()) {
    job.facts.Set("fork", !said->second);
  } else if (*event == "merge_group") {
    job.facts.Set("fork", true);  // no payload says otherwise
  }
}

// Why the job's token is no token of a configured issuer now; else sets the issuer's present name.
std::string FindIssuer(UnsignedJob& job, const Config& config) {
  if (!job.claims) return "";
  const std::string* iss = job.claims->FindString("iss");
  const Issuer* found = nullptr;
  int fitting = 0;
  for (const Issuer& each : config.issuers) {
    if (iss != nullptr && each.url != *iss) continue;
    if (each.name == job.issuer) {
      found = &each;
      fitting = 1;
      break;
    }
    if (iss != nullptr && ++fitting == 1) found = &each;
  }
  if (found == nullptr || fitting > 1) return "the token's issuer is not configured";
  job.issuer = found->name;
  // A GitHub job's token is requested for an audience that nothing else has.
  const std::string* audience = job.claims->FindString("aud");
  if (!RequestsIdTokens(found->provider) && audience != nullptr && !found->Expects(*audience)) {
    return "no issuer expects the token's audience";
  }
  return "";
}

Replayed Name(const Decision& decision) {
  return {std::string(OutcomeName(decision.outcome())),
          decision.outcome() == Outcome::kAllow ? decision.rule() : FirstCode(decision.findings())};
}

}  // namespace

void NeededNames::Add(const Policy& policy) {
  for (const std::vector<Rule>* rules : {&policy.allow, &policy.deny}) {
    for (const Rule& rule : *rules) {
      for (const NamedCondition& each : rule.claims) claims.insert(FirstName(each.name));
      for (const NamedCondition& each : rule.facts) facts.insert(FirstName(each.name));
    }
  }
}

const Replayer::Bounds& Replayer::BoundsFor(const std::vector<std::string>& unknown,
                                            const std::vector<std::string>& maybe_disputed) {
  std::vector<std::string> key = unknown;
  key.emplace_back("");
  key.insert(key.end(), maybe_disputed.begin(), maybe_disputed.end());
  const auto [bounds, is_new] = bounds_.try_emplace(std::move(key));
  if (!is_new) return bounds->second;
  using IsOpen = std::function<bool(const std::string& name, bool is_fact)>;
  const IsOpen is_unknown = [&](const std::string& name, bool is_fact) {
    return Has(unknown, (is_fact ? "facts." : "") + PathOf(name).front());
  };
  const IsOpen may_be_met = [&](const std::string& name, bool is_fact) {
    return is_unknown(name, is_fact) || (is_fact && Has(maybe_disputed, PathOf(name).front()));
  };
  // Takes out the rules with an open condition, or only these conditions.
  bool changed = false;
  const auto change = [&](std::vector<Rule>& rules, const IsOpen& is_open, bool whole_rules) {
    std::erase_if(rules, [&](Rule& rule) {
      std::size_t open = 0;
      open +=
          std::erase_if(rule.claims, [&](const auto& each) { return is_open(each.name, false); });
      open += std::erase_if(rule.facts, [&](const auto& each) { return is_open(each.name, true); });
      changed = changed || open > 0;
      return whole_rules && open > 0;
    });
  };
  auto& [strict, generous, are_one] = bounds->second;
  strict = generous = config_.policy;
  change(strict.allow, is_unknown, true);
  change(strict.deny, may_be_met, false);
  change(generous.allow, is_unknown, false);
  change(generous.deny, is_unknown, true);
  are_one = !changed;
  return bounds->second;
}

Replayed Replayer::Decide(const Record& record) {
  auto job = RecordedJob(record, config_);
  // The rules were not asked then, and would not be now.
  if (!job) return {std::string(OutcomeName(record.outcome)), FirstCode(record.findings)};
  if (const std::string why = FindIssuer(*job, config_); !why.empty()) {
    return {std::string(kNotDecidable), why};
  }
  SetFork(*job, config_);
  std::vector<std::string> maybe_disputed;
  for (const std::string name : {"event", "image", "ref_protected", "services"}) {
    if (job->facts.Find(name) != nullptr || Has(record.unrecorded, "facts." + name)) continue;
    // On GitHub nobody but the workflow's file says which image a job has.
    const bool sure = job->provider == Provider::kGitHub && (name == "image" || name == "services");
    (sure ? job->disputed : maybe_disputed).push_back(name);
  }
  Subject subject = job->subject();
  for (const Finding& each : record.findings) {
    if (each.code == Code::kJobUnreadable && !each.evidence.empty()) {
      subject.fork_unknown = "nobody could tell then";
    }
  }
  const Findings before = FoundBefore(record);
  const Bounds& bounds = BoundsFor(record.unrecorded, maybe_disputed);
  const Decision generous = jobwarden::Decide(bounds.generous, subject, before);
  if (bounds.are_one || generous.outcome() != Outcome::kAllow) return Name(generous);
  const Decision strict = jobwarden::Decide(bounds.strict, subject, before);
  if (strict.outcome() != Outcome::kAllow) {
    return {std::string(kNotDecidable), "the record lacks a claim, or a fact, that a rule needs"};
  }
  return Name(strict);
}

}  // namespace jobwarden
