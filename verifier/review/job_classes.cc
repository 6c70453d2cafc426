#include "verifier/review/job_classes.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "verifier/base/glob.h"
#include "verifier/policy/name_path.h"
#include "verifier/provider/github_events.h"
#include "verifier/provider/provider.h"
#include "verifier/review/lint.h"

namespace jobwarden {
namespace {

bool KnowsUrl(const Config& config, const std::string& url) {
  return std::any_of(config.issuers.begin(), config.issuers.end(),
                     [&](const Issuer& each) { return each.url == url; });
}

// How a configuration sees a job with one token. A token of an unknown url is no token of ours.
PolicyView ViewOf(const Config& config, const std::string& url, const std::string& audience) {
  PolicyView view{&config.policy};
  if (const Issuer* issuer = IssuerFor(config, url, audience)) {
    view.issuer = issuer->name;
  } else {
    view.refuses_all = KnowsUrl(config, url);
  }
  return view;
}

// A condition that exactly these texts meet; a text that a glob would be made of is left out, and
// then all texts meet it.
Condition OneOf(const std::vector<std::string>& texts) {
  const bool plain = std::none_of(texts.begin(), texts.end(), Glob::IsPattern);
  return *Condition::Make(plain ? Value(Array(texts.begin(), texts.end())) : Value("**"));
}

Condition NotEmpty() {
  return *Condition::Make(Object{{"not", ""}});
}

Condition Flag(bool flag) {
  return *Condition::Make(flag);
}

std::set<std::string> ClaimsInRules(const Config& a, const Config& b) {
  std::set<std::string> names;
  for (const Config* config : {&a, &b}) {
    for (const auto* rules : {&config->policy.allow, &config->policy.deny}) {
      for (const Rule& rule : *rules) {
        for (const NamedCondition& each : rule.claims) names.insert(PathOf(each.name).front());
      }
    }
  }
  return names;
}

// What is known of the claims of every good token. Claims that no rule names are left out.
void AddKnownClaims(const Config& allowing, const Config& refusing, const std::string& url,
                    const std::vector<std::string>& audiences, Provider provider, JobClass& jobs) {
  for (const std::string& name : ClaimsInRules(allowing, refusing)) {
    if (name == "iss") jobs.claims.push_back({name, OneOf({url})});
    if (name == "aud") jobs.claims.push_back({name, OneOf(audiences)});
    // GitHub's `ref` may be empty.
    if (IsRequiredClaim(provider, name)) {
      jobs.claims.push_back(
          {name, name == "ref" ? *Condition::Make(Object{{"exists", true}}) : NotEmpty()});
    }
  }
  jobs.possible = [provider](std::string_view name, bool is_fact) {
    const bool known = !is_fact && (name == "iss" || IsRequiredClaim(provider, name));
    return known ? Shape::kText : Shape::kAny;
  };
}

std::vector<NamedCondition> ForkBySettings(const OwnEvents& said, const std::string& event) {
  const auto at = said.find(event);
  if (at == said.end()) return {};  // the payload of the event tells
  return {{"fork", Flag(!at->second)}};
}

// The classes of jobs that one configuration takes for a fork's, and the other does not.
void AddForkClasses(const Config& allowing, const Config& refusing, const JobClass& like,
                    std::vector<JobClass>& classes) {
  std::set<std::string> events;
  for (const std::string& event : GitHubEventNames()) {
    const auto a = allowing.own_events.find(event);
    const auto b = refusing.own_events.find(event);
    const bool said = a != allowing.own_events.end();
    if (said != (b != refusing.own_events.end()) || (said && a->second != b->second)) {
      events.insert(event);
    }
  }
  const auto add = [&](const std::string& event) -> JobClass& {
    JobClass& jobs = classes.emplace_back(like);
    jobs.facts.push_back({"event", OneOf({event})});
    jobs.claims.push_back({"event_name", OneOf({event})});
    return jobs;
  };
  for (const std::string& event : events) {
    JobClass& jobs = add(event);
    for (NamedCondition& each : ForkBySettings(allowing.own_events, event)) {
      jobs.facts.push_back(std::move(each));
    }
    jobs.refusing_fork = ForkBySettings(refusing.own_events, event);
  }
  // For a `workflow_run` the event of the run before counts.
  const std::string after = "workflow_run";
  for (const bool fork : {false, true}) {
    const bool differs = std::any_of(events.begin(), events.end(), [&](const std::string& event) {
      return IsOwnEvent(event, allowing.own_events) != fork &&
             IsOwnEvent(event, refusing.own_events) == fork;
    });
    if (!differs || events.contains(after) || allowing.own_events.contains(after)) continue;
    JobClass& jobs = add(after);
    jobs.facts.push_back({"fork", Flag(fork)});
    jobs.refusing_fork = {{"fork", Flag(!fork)}};
  }
}

bool HasGitHub(const Config& config) {
  return std::any_of(config.issuers.begin(), config.issuers.end(),
                     [](const Issuer& each) { return each.provider == Provider::kGitHub; });
}

}  // namespace

const Issuer* IssuerFor(const Config& config, const std::string& url, const std::string& audience) {
  const auto issuer =
      std::find_if(config.issuers.begin(), config.issuers.end(),
                   [&](const Issuer& each) { return each.url == url && each.Expects(audience); });
  return issuer == config.issuers.end() ? nullptr : &*issuer;
}

std::vector<JobClass> ClassesOf(const Config& allowing, const Config& refusing) {
  // Audiences that both configurations see alike are one class.
  struct Kind {
    std::string url;
    std::string allowing_issuer;
    std::string refusing_issuer;
    bool operator<(const Kind& other) const {
      return std::tie(url, allowing_issuer, refusing_issuer) <
             std::tie(other.url, other.allowing_issuer, other.refusing_issuer);
    }
  };
  std::map<Kind, std::vector<std::string>> kinds;
  for (const Config* config : {&allowing, &refusing}) {
    for (const Issuer& issuer : config->issuers) {
      for (const std::string& audience : issuer.audiences) {
        const Issuer* a = IssuerFor(allowing, issuer.url, audience);
        const Issuer* b = IssuerFor(refusing, issuer.url, audience);
        auto& audiences =
            kinds[{issuer.url, a == nullptr ? "" : a->name, b == nullptr ? "" : b->name}];
        if (std::find(audiences.begin(), audiences.end(), audience) == audiences.end()) {
          audiences.push_back(audience);
        }
      }
    }
  }
  std::vector<JobClass> classes;
  for (const auto& [kind, audiences] : kinds) {
    JobClass jobs{.allowing = ViewOf(allowing, kind.url, audiences.front()),
                  .refusing = ViewOf(refusing, kind.url, audiences.front()),
                  .usual = ShapeOfName};
    if (jobs.allowing.refuses_all) continue;
    const Issuer* issuer = IssuerFor(allowing, kind.url, audiences.front());
    if (issuer == nullptr) issuer = IssuerFor(refusing, kind.url, audiences.front());
    AddKnownClaims(allowing, refusing, kind.url, audiences, issuer->provider, jobs);
    classes.push_back(jobs);
    if (issuer->provider == Provider::kGitHub) AddForkClasses(allowing, refusing, jobs, classes);
  }
  const JobClass tokenless{.allowing = {&allowing.policy},
                           .refusing = {&refusing.policy},
                           .usual = ShapeOfName,
                           .possible = [](std::string_view, bool) { return Shape::kAny; }};
  classes.push_back(tokenless);
  if (HasGitHub(allowing) || HasGitHub(refusing)) {
    AddForkClasses(allowing, refusing, tokenless, classes);
  }
  return classes;
}

bool SeveralTokensDiffer(const Config& allowing, const Config& refusing) {
  bool differ = false;
  bool several = false;
  for (const Config* config : {&allowing, &refusing}) {
    const Config& other = config == &allowing ? refusing : allowing;
    for (const Issuer& issuer : config->issuers) {
      for (const std::string& audience : issuer.audiences) {
        differ = differ || IssuerFor(other, issuer.url, audience) == nullptr;
      }
      // A token that the allowing configuration does not look at may be what the other one refuses.
      several = several || !KnowsUrl(allowing, issuer.url);
      several =
          several || std::count_if(config->issuers.begin(), config->issuers.end(),
                                   [&](const Issuer& each) { return each.url == issuer.url; }) > 1;
    }
  }
  if (!differ) {
    // The same pairs of url and audience, in other groups or another order.
    std::map<std::string, std::string> names;
    for (const Issuer& issuer : allowing.issuers) {
      for (const std::string& audience : issuer.audiences) {
        const Issuer* other = IssuerFor(refusing, issuer.url, audience);
        const auto [name, is_new] = names.try_emplace(other->name, issuer.name);
        differ = differ || name->second != issuer.name;
      }
    }
  }
  for (const std::string& name : ClaimsInRules(allowing, refusing)) {
    for (const std::string_view own : {"aud", "jti", "exp", "iat", "nbf"}) {
      several = several || name == own;
    }
  }
  return differ && several;
}

}  // namespace jobwarden
