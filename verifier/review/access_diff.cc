#include "verifier/review/access_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/policy/decision.h"
#include "verifier/provider/provider.h"
#include "verifier/review/job_classes.h"
#include "verifier/token/algorithm.h"

namespace jobwarden {
namespace {

Findings RefusalsOf(const JobClass& jobs, const Witness& witness) {
  if (jobs.refusing.refuses_all) {
    return {{Code::kAudienceMismatch, "no issuer expects the token's audience"}};
  }
  const Object seen = witness.FactsForRefusing();
  Findings all =
      Decide(*jobs.refusing.policy, witness.SubjectFor(jobs.refusing, seen), {}).findings();
  std::erase_if(all, [](const Finding& each) { return !Forbids(each); });
  return all;
}

void AddRules(const Config& allowing, const Config& refusing, Access& access) {
  std::map<const Rule*, AccessChange> found;
  std::map<const Rule*, bool> undecided;
  for (const JobClass& jobs : ClassesOf(allowing, refusing)) {
    for (RuleWitness& each : FindWitnesses(jobs)) {
      if (!each.witness) {
        undecided[each.rule] = true;
        continue;
      }
      AccessChange change{each.rule->name, each.rule->place, "", ""};
      Findings refusals = RefusalsOf(jobs, *each.witness);
      change.example = {jobs.allowing.issuer, *std::move(each.witness), std::move(refusals)};
      // A usual job says more to a reader than a strange one.
      const auto [before, is_new] = found.try_emplace(each.rule, change);
      if (!is_new && !before->second.example->job.is_usual) before->second = std::move(change);
    }
  }
  for (const Rule& rule : allowing.policy.allow) {
    if (const auto at = found.find(&rule); at != found.end()) {
      access.changes.push_back(std::move(at->second));
    } else if (undecided.contains(&rule)) {
      access.undecided.push_back(fmt::format("rule {} ({}): the search gave up", Quote(rule.name),
                                             PlaceText(allowing.files, rule.place)));
    }
  }
  if (SeveralTokensDiffer(allowing, refusing)) {
    access.undecided.emplace_back(
        "jobs that carry id_tokens of several issuers, or for several audiences: the issuers "
        "differ");
  }
}

// Compares the settings of two issuers that decide which tokens are good.
class IssuerSettings {
 public:
  IssuerSettings(const Issuer& allowing, const Issuer& refusing, Access& access)
      : allowing_(allowing), refusing_(refusing), access_(access) {}

  void Compare() {
    std::vector<std::string> more;
    for (const Algorithm each : allowing_.algorithms) {
      const auto& others = refusing_.algorithms;
      if (std::find(others.begin(), others.end(), each) == others.end()) {
        more.emplace_back(AlgorithmName(each));
      }
    }
    if (!more.empty()) Add("algorithms", "tokens signed by " + Join(more, ", ") + " are good");
    IfLonger("leeway", allowing_.leeway, refusing_.leeway);
    IfLonger("max_lifetime", allowing_.max_lifetime, refusing_.max_lifetime);
    IfOther("provider", std::string(ProviderName(allowing_.provider)),
            std::string(ProviderName(refusing_.provider)));
    IfOther("server_url", allowing_.server_url, refusing_.server_url);
    IfOther("keys.url", allowing_.keys.url, refusing_.keys.url);
    IfOther("keys.file", allowing_.keys.file, refusing_.keys.file);
    IfOther("keys.ca_file", allowing_.keys.ca_file, refusing_.keys.ca_file);
    if (!allowing_.keys.file.empty()) return;  // such keys have no age
    IfLonger("keys.max_age", allowing_.keys.max_age, refusing_.keys.max_age);
    IfLonger("keys.stale_for", allowing_.keys.stale_for, refusing_.keys.stale_for);
  }

 private:
  void Add(std::string_view setting, std::string message) {
    access_.changes.push_back(
        {"", {}, fmt::format("issuer {}: {}", Quote(allowing_.name), setting), std::move(message)});
  }
  void IfLonger(std::string_view setting, std::chrono::seconds ours, std::chrono::seconds theirs) {
    if (ours <= theirs) return;
    Add(setting,
        fmt::format("{}, where the other has {}", DurationText(ours), DurationText(theirs)));
  }
  void IfOther(std::string_view setting, const std::string& ours, const std::string& theirs) {
    if (ours == theirs) return;
    const auto text = [](const std::string& each) { return each.empty() ? "none" : Quote(each); };
    Add(setting, fmt::format("{}, where the other has {}", text(ours), text(theirs)));
  }

  const Issuer& allowing_;
  const Issuer& refusing_;
  Access& access_;
};

void AddIssuers(const Config& allowing, const Config& refusing, Access& access) {
  for (const Issuer& issuer : allowing.issuers) {
    const auto& rules = allowing.policy.allow;
    const bool used = std::any_of(rules.begin(), rules.end(), [&](const Rule& each) {
      return !each.report_only && (each.issuer.empty() || each.issuer == issuer.name);
    });
    if (!used) continue;
    std::vector<const Issuer*> seen;
    for (const std::string& audience : issuer.audiences) {
      const Issuer* other = IssuerFor(refusing, issuer.url, audience);
      if (other == nullptr || std::find(seen.begin(), seen.end(), other) != seen.end()) continue;
      seen.push_back(other);
      IssuerSettings(issuer, *other, access).Compare();
    }
  }
}

// With report mode each job runs: an example is a job that the other configuration refuses.
void AddMode(const Config& refusing, Access& access) {
  for (const Issuer& issuer : refusing.issuers) {
    for (const bool fork : {false, true}) {
      Witness job;
      job.claims.emplace();
      job.facts.Set("fork", fork);
      const PolicyView view{&refusing.policy, issuer.name};
      const Decision decision = Decide(refusing.policy, job.SubjectFor(view, job.facts), {});
      if (decision.outcome() == Outcome::kAllow) continue;
      access.changes.push_back({"",
                                {},
                                "mode",
                                "\"report\": no job is refused",
                                AccessExample{issuer.name, job, decision.findings()}});
      return;
    }
  }
  access.undecided.emplace_back(
      "mode \"report\" refuses no job; whether the other configuration refuses one is not known");
}

}  // namespace

Access FindNewAccess(const Config& allowing, const Config& refusing) {
  Access access;
  if (allowing.mode != refusing.mode) {
    if (allowing.mode == Mode::kReport) AddMode(refusing, access);
    return access;
  }
  AddRules(allowing, refusing, access);
  AddIssuers(allowing, refusing, access);
  return access;
}

}  // namespace jobwarden
