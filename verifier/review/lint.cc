#include "verifier/review/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/base/value.h"
#include "verifier/policy/condition_tree.h"
#include "verifier/policy/language.h"
#include "verifier/policy/lint_code.h"
#include "verifier/policy/reach.h"
#include "verifier/policy/rule.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

using Kind = ConditionTree::Kind;

constexpr std::string_view kPaths[] = {
    "project_path",     "namespace_path",    "job_project_path", "job_namespace_path", "repository",
    "repository_owner", "ci_config_ref_uri", "job_workflow_ref", "workflow_ref",       "sub",
    "base_repository"};
constexpr std::string_view kIds[] = {"project_id",       "namespace_id",  "job_project_id",
                                     "job_namespace_id", "repository_id", "repository_owner_id",
                                     "enterprise_id"};
constexpr std::string_view kRiskyEvents[] = {"pull_request_target", "issue_comment", "merge_group"};

template <class Names>
bool IsOneOf(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// The claim that a name or a JSON pointer begins with.
std::string_view FirstName(std::string_view name) {
  if (!name.starts_with('/')) return name;
  return name.substr(1, name.find('/', 1) - 1);
}

Condition Made(const Value& description) {
  auto condition = Condition::Make(description);
  return *std::move(condition);
}

bool CanBe(const Condition& condition, const Condition& other) {
  return FindValue({{&condition, true}, {&other, true}}, Shape::kText).answer !=
         Search::Answer::kNone;
}

// Whether each text that meets the condition begins with one that is written there; of most
// conditions this is plain to see.
bool IsRooted(const ConditionTree& tree) {
  switch (tree.kind) {
    case Kind::kText:
      return true;
    case Kind::kGlob:
      return tree.text.find_first_of("*?") > 0;
    case Kind::kAny:
      return std::all_of(tree.parts.begin(), tree.parts.end(), IsRooted);
    case Kind::kAll:
      return std::any_of(tree.parts.begin(), tree.parts.end(), IsRooted);
    default:
      return false;
  }
}

// Whether the condition leaves projects out that a stranger can make: it holds neither for a path
// that begins with a group's name that nobody has, nor for an id that no project has yet.
bool Pins(const NamedCondition& named) {
  static const Condition kStrangePath =
      Made(Value(Array{"qzv-stranger-7f3a", "qzv-stranger-7f3a/**"}));
  static const Condition kStrangeSub = Made(Value(Array{
      "project_path:qzv-stranger-7f3a/**", "repo:qzv-stranger-7f3a**", "qzv-stranger-7f3a/**"}));
  static const Condition kStrangeId = Made(Value("907060504030201"));
  const std::string_view name = FirstName(named.name);
  if (IsOneOf(kIds, name)) return !CanBe(named.condition, kStrangeId);
  if (!IsOneOf(kPaths, name)) return false;
  if (name != "sub" && IsRooted(named.condition.tree())) return true;
  return !CanBe(named.condition, kStrangePath) && !CanBe(named.condition, kStrangeSub);
}

bool HasNot(const ConditionTree& tree) {
  return tree.kind == Kind::kNot || std::any_of(tree.parts.begin(), tree.parts.end(), HasNot);
}

// Whether the condition has this text in it, word for word, where it must match.
bool Names(const ConditionTree& tree, std::string_view text) {
  if (tree.kind == Kind::kNot) return false;
  if (tree.kind == Kind::kText) return tree.text == text;
  return std::any_of(tree.parts.begin(), tree.parts.end(),
                     [text](const ConditionTree& part) { return Names(part, text); });
}

class Linter {
 public:
  explicit Linter(const Config& config) : config_(config) {}

  std::vector<Remark> Run() {
    for (const Rule& rule : config_.policy.allow) {
      CheckClaims(rule);
      CheckProject(rule);
      CheckSub(rule);
      CheckAudiences(rule);
      CheckEvents(rule);
      CheckForks(rule);
    }
    for (const Rule& rule : config_.policy.deny) {
      CheckClaims(rule);
      CheckNot(rule);
    }
    CheckReach();
    return std::move(remarks_);
  }

 private:
  void Add(const Rule& rule, Place place, std::string_view code, std::string message,
           std::string hint) {
    remarks_.push_back({place, std::string(code), std::move(message), std::move(hint), false,
                        rule.name, rule.place});
  }

  std::vector<Provider> ProvidersOf(const Rule& rule) const {
    std::vector<Provider> providers;
    for (const Issuer& issuer : config_.issuers) {
      if (!rule.issuer.empty() && rule.issuer != issuer.name) continue;
      if (!IsOneOf(providers, issuer.provider)) providers.push_back(issuer.provider);
    }
    return providers;
  }

  static bool IsOneOf(const std::vector<Provider>& providers, Provider provider) {
    return std::find(providers.begin(), providers.end(), provider) != providers.end();
  }

  void CheckClaims(const Rule& rule) {
    const auto providers = ProvidersOf(rule);
    for (const NamedCondition& each : rule.claims) {
      const std::string_view name = FirstName(each.name);
      const bool known = std::any_of(providers.begin(), providers.end(),
                                     [name](Provider provider) { return IsClaim(provider, name); });
      if (known || providers.empty()) continue;
      std::vector<std::string> names;
      for (const Provider provider : providers) {
        for (std::string& claim : ClaimNames(provider)) names.push_back(std::move(claim));
      }
      const std::string nearest = NearestWord(name, names);
      Add(rule, each.place, lint::kUnknownClaim,
          fmt::format("{}: no token of {} is known to have this claim", Quote(name),
                      providers.size() == 1 ? ProviderName(providers.front()) : "any provider"),
          nearest.empty() ? "see what a token has with `jobwarden inspect`"
                          : fmt::format("did you mean {}?", Quote(nearest)));
    }
  }

  void CheckProject(const Rule& rule) {
    const NamedCondition* path = nullptr;
    bool has_id = false;
    for (const auto* conditions : {&rule.claims, &rule.facts}) {
      for (const NamedCondition& each : *conditions) {
        if (!Pins(each)) continue;
        if (::jobwarden::IsOneOf(kIds, FirstName(each.name))) {
          has_id = true;
        } else if (path == nullptr) {
          path = &each;
        }
      }
    }
    const bool github = IsOneOf(ProvidersOf(rule), Provider::kGitHub);
    if (path == nullptr && !has_id) {
      Add(rule, rule.place, lint::kPinsNoProject,
          fmt::format("rule {} allows jobs of any project of the server", Quote(rule.name)),
          github ? "add repository_id or repository_owner_id, and repository"
                 : "add project_id or namespace_id, and project_path");
    } else if (!has_id && !rule.tokenless) {
      Add(rule, path->place, lint::kPathWithoutId,
          fmt::format("rule {} pins {}, and no id: a name can be given to another project later",
                      Quote(rule.name), Quote(path->name)),
          github ? "add repository_id or repository_owner_id" : "add project_id or namespace_id");
    }
  }

  void CheckSub(const Rule& rule) {
    static const Condition kNames = Made(Object{{"regex", "repo:[^@/:]+/[^@/:]+:.*"}});
    static const Condition kNamesAndIds =
        Made(Object{{"regex", "repo:[^@/:]+@[0-9]+/[^@/:]+@[0-9]+:.*"}});
    if (!IsOneOf(ProvidersOf(rule), Provider::kGitHub)) return;
    for (const NamedCondition& each : rule.claims) {
      if (FirstName(each.name) != "sub") continue;
      const bool names = CanBe(each.condition, kNames);
      if (names == CanBe(each.condition, kNamesAndIds)) continue;
      Add(rule, each.place, lint::kOneSubForm,
          fmt::format("sub: rule {} knows {} alone", Quote(rule.name),
                      names ? "\"repo:OWNER/NAME:…\"" : "\"repo:OWNER@ID/NAME@ID:…\""),
          "GitHub has both forms, and others: match repository_id, ref and environment instead");
    }
  }

  void CheckAudiences(const Rule& rule) {
    if (rule.audiences || rule.tokenless) return;
    Add(rule, rule.place, lint::kAnyAudience,
        fmt::format("rule {} has no audiences: the job's other id_tokens may be for any service",
                    Quote(rule.name)),
        "list them: audiences = [\"https://vault.example.com\"]; [] for none");
  }

  void CheckEvents(const Rule& rule) {
    if (!IsOneOf(ProvidersOf(rule), Provider::kGitHub)) return;
    std::vector<std::string> reached;
    const NamedCondition* where = nullptr;
    for (const std::string_view event : kRiskyEvents) {
      const Value value(event);
      bool matches = true;
      bool named = false;
      const auto look = [&](const std::vector<NamedCondition>& conditions, std::string_view name) {
        for (const NamedCondition& each : conditions) {
          if (FirstName(each.name) != name) continue;
          where = &each;
          matches = matches && each.condition.Matches(&value);
          named = named || Names(each.condition.tree(), event);
        }
      };
      look(rule.claims, "event_name");
      look(rule.facts, "event");
      if (matches && !named) reached.emplace_back(event);
    }
    if (reached.empty()) return;
    Add(rule, where == nullptr ? rule.place : where->place, lint::kRiskyEvent,
        fmt::format("rule {} allows {}, which it does not name: strangers can cause them, and they "
                    "run with the repository's rights",
                    Quote(rule.name), Join(reached, ", ")),
        "list the events: event_name = [\"push\", \"workflow_dispatch\"]");
  }

  void CheckForks(const Rule& rule) {
    if (config_.policy.fork != ForkAction::kDeny) return;
    const Value no_fork(false);
    for (const NamedCondition& each : rule.facts) {
      if (FirstName(each.name) != "fork" || each.condition.Matches(&no_fork) ||
          each.condition.Matches(nullptr)) {
        continue;
      }
      Add(rule, each.place, lint::kNeverMatches,
          fmt::format("rule {} is for forks, and forks are denied before the rules",
                      Quote(rule.name)),
          "set action = \"allow\" in [fork], and facts.fork = false in the other rules");
    }
  }

  void CheckNot(const Rule& rule) {
    const auto providers = ProvidersOf(rule);
    for (const NamedCondition& each : rule.claims) {
      if (!HasNot(each.condition.tree()) || each.condition.Matches(nullptr)) continue;
      const bool required = std::all_of(providers.begin(), providers.end(), [&](Provider provider) {
        return IsRequiredClaim(provider, each.name);
      });
      if (required) continue;
      Add(rule, each.place, lint::kNotWithoutExists,
          fmt::format("rule {} does not deny a token without the claim {}: what is absent is not "
                      "\"not\" anything",
                      Quote(rule.name), Quote(each.name)),
          fmt::format("to deny it too: {} = [{{ exists = false }}, {{ not = … }}]", each.name));
    }
  }

  void CheckReach() {
    for (const Unreached& each : FindUnreached(config_.policy, ShapeOfName)) {
      const Rule& rule = *each.rule;
      const std::string name = Quote(rule.name);
      if (each.why == Unreached::Why::kNever) {
        Add(rule, PlaceOf(rule, each), lint::kNeverMatches,
            fmt::format("rule {} never matches: no {} {} meets the condition", name,
                        each.is_fact ? "fact" : "claim", Quote(each.name)),
            "change the condition, or take the rule out");
        continue;
      }
      const std::string by =
          fmt::format("{} rule {} in {}", each.by_deny ? "deny" : "allow", Quote(each.by->name),
                      PlaceText(config_.files, each.by->place));
      if (each.why == Unreached::Why::kHidden) {
        Add(rule, rule.place, lint::kHidden,
            fmt::format("rule {} decides nothing: {} matches all of its jobs", name, by),
            each.by_deny ? "take one of the two out, or narrow the deny rule"
                         : "take it out, or put it before the other one");
      } else {
        Add(rule, rule.place, lint::kUndecided,
            fmt::format("rule {}: whether {} hides it is not known: the search gave up", name, by),
            "write globs or plain regular expressions, or test both rules");
      }
    }
  }

  static Place PlaceOf(const Rule& rule, const Unreached& unreached) {
    const auto& conditions = unreached.is_fact ? rule.facts : rule.claims;
    const auto named =
        std::find_if(conditions.begin(), conditions.end(), [&](const NamedCondition& each) {
          return each.name == unreached.name || each.name == '/' + unreached.name;
        });
    return named == conditions.end() ? rule.place : named->place;
  }

  const Config& config_;
  std::vector<Remark> remarks_;
};

}  // namespace

Shape ShapeOfName(std::string_view name, bool is_fact) {
  if (name.starts_with('/')) name.remove_prefix(1);
  if (name.find_first_of("/~") != std::string_view::npos) return Shape::kAny;
  if (name == "ref_protected" || name == (is_fact ? "fork" : "environment_protected")) {
    return Shape::kFlag;
  }
  if (is_fact) return name == "services" ? Shape::kAny : Shape::kText;
  bool known = false;
  for (const Provider provider : AllProviders()) {
    if (IsListClaim(provider, name)) return Shape::kAny;
    known = known || IsClaim(provider, name);
  }
  return known ? Shape::kText : Shape::kAny;
}

std::vector<Remark> LintRules(const Config& config) {
  return Linter(config).Run();
}

}  // namespace jobwarden
