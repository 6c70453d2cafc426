#include "verifier/policy/witness.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "verifier/policy/language.h"
#include "verifier/policy/name_path.h"
#include "verifier/policy/value_search.h"

namespace jobwarden {
namespace {

using Answer = Search::Answer;

constexpr int kMaxNodes = 5'000;       // of one search: what is looked at for one rule
constexpr int kMaxAllNodes = 200'000;  // of all

const Condition& IsTrue() {
  static const Condition kCondition = *Condition::Make(true);
  return kCondition;
}

// A claim or fact that a rule of either policy names.
struct Variable {
  bool is_fact;
  bool is_refusing_fork;  // the fact `fork` as the refusing policy sees it
  std::vector<std::string> path;
  Shape usual;
  Shape possible;

  bool IsFork() const { return is_fact && path.size() == 1 && path.front() == "fork"; }
};

// A condition on a variable. Conditions with the same text have the same number.
struct Term {
  std::size_t variable;
  const Condition* condition;
  int number;
};

// A rule of either policy, or a fork test: it matches a job that meets all terms.
struct Box {
  std::vector<Term> terms;
  bool is_deny;
  const Rule* rule = nullptr;  // an allow rule, for its audiences
};

// A variable's value so far, and what it has to meet.
struct Choice {
  std::vector<NumberedDemand> demands{};
  std::optional<Value> value{};  // absent: the claim or fact is absent
  bool disputed = false;
};

class WitnessSearch {
 public:
  explicit WitnessSearch(const JobClass& jobs)
      : jobs_(jobs), has_token_(!jobs.allowing.issuer.empty() || !jobs.refusing.issuer.empty()) {
    for (const Rule& rule : jobs.allowing.policy->allow) {
      if (IsCandidate(rule, jobs.allowing)) own_.push_back(BoxOf(rule, jobs.allowing, true));
    }
    for (const NamedCondition& each : jobs.claims) {
      if (has_token_) fixed_.push_back(TermOf(each, false, true));
    }
    for (const NamedCondition& each : jobs.facts) fixed_.push_back(TermOf(each, true, true));
    if (jobs.refusing_fork) {
      for (const NamedCondition& each : *jobs.refusing_fork) {
        fixed_.push_back(TermOf(each, true, false));
      }
    }
    AddDenials(jobs.allowing, true, barred_);
    AddDenials(jobs.refusing, false, refusals_);
    for (const Rule& rule : jobs.refusing.policy->allow) {
      if (IsCandidate(rule, jobs.refusing)) rivals_.push_back(BoxOf(rule, jobs.refusing, false));
    }
  }

  std::vector<RuleWitness> Find() {
    std::vector<RuleWitness> found;
    if (jobs_.allowing.refuses_all) return found;
    for (const Box& own : own_) {
      rule_ = own.rule;
      bool gave_up = false;
      for (const bool usual : {true, false}) {
        usual_ = usual;
        gave_up_ = false;
        if (FindFor(own)) break;
        gave_up = gave_up_;  // the second search looks at everything that the first did
      }
      if (witness_ || gave_up) found.push_back({own.rule, std::exchange(witness_, std::nullopt)});
    }
    return found;
  }

 private:
  static bool IsCandidate(const Rule& rule, const PolicyView& view) {
    return !rule.report_only && (rule.issuer.empty() || rule.issuer == view.issuer) &&
           (rule.tokenless || !view.issuer.empty());
  }

  Term TermOf(const NamedCondition& named, bool is_fact, bool is_allowing) {
    std::vector<std::string> path = PathOf(named.name);
    const bool is_fork = is_fact && path == std::vector<std::string>{"fork"};
    const bool other_fork = is_fork && !is_allowing && jobs_.refusing_fork.has_value();
    const auto [name, is_new] = names_.try_emplace({is_fact, other_fork, path}, variables_.size());
    if (is_new) {
      const Shape usual = is_fork ? Shape::kFlag : jobs_.usual(named.name, is_fact);
      const Shape possible = is_fork ? Shape::kFlag : jobs_.possible(named.name, is_fact);
      variables_.push_back({is_fact, other_fork, std::move(path), usual, possible});
    }
    const int number =
        numbers_.try_emplace(named.condition.text(), static_cast<int>(numbers_.size()))
            .first->second;
    return {name->second, &named.condition, number};
  }

  Box BoxOf(const Rule& rule, const PolicyView& view, bool is_allowing) {
    Box box{{}, false, &rule};
    for (const NamedCondition& each : rule.claims) {
      if (!view.issuer.empty()) box.terms.push_back(TermOf(each, false, is_allowing));
    }
    for (const NamedCondition& each : rule.facts) {
      box.terms.push_back(TermOf(each, true, is_allowing));
    }
    return box;
  }

  void AddDenials(const PolicyView& view, bool is_allowing, std::vector<Box>& boxes) {
    static const NamedCondition kFork{"fork", IsTrue()};
    if (view.policy->fork == ForkAction::kDeny) {
      boxes.push_back({{TermOf(kFork, true, is_allowing)}, true});
    }
    for (const Rule& rule : view.policy->deny) {
      const bool speaks = view.issuer.empty() || rule.issuer.empty() || rule.issuer == view.issuer;
      if (rule.report_only || !speaks) continue;
      Box box = BoxOf(rule, view, is_allowing);
      box.is_deny = true;
      boxes.push_back(std::move(box));
    }
  }

  bool FindFor(const Box& own) {
    if (jobs_.refusing.refuses_all) return Begin({&own}, false);
    if (Begin({&own}, true)) return true;
    return std::any_of(refusals_.begin(), refusals_.end(), [&](const Box& each) {
      return Begin({&own, &each}, false);
    });
  }

  // Whether each job that all of `boxes` match is one that the box matches, because its terms are
  // among theirs. Nothing of a term need be understood for that.
  bool IsCoveredBy(const Box& box, const std::vector<const Box*>& boxes) const {
    return std::all_of(box.terms.begin(), box.terms.end(), [&](const Term& term) {
      return std::any_of(boxes.begin(), boxes.end(), [&](const Box* each) {
        return std::any_of(each->terms.begin(), each->terms.end(), [&](const Term& own) {
          return own.variable == term.variable && own.number == term.number;
        });
      });
    });
  }

  bool IsHopeless(const std::vector<const Box*>& boxes, bool bar_rivals) const {
    const auto permits_all = [this](const Box& rival) {
      const auto& theirs = rival.rule->audiences;
      const auto& ours = rule_->audiences;
      return !theirs || (ours && ours->text() == theirs->text());
    };
    return std::any_of(barred_.begin(), barred_.end(),
                       [&](const Box& each) { return IsCoveredBy(each, boxes); }) ||
           (bar_rivals && std::any_of(rivals_.begin(), rivals_.end(), [&](const Box& each) {
              return permits_all(each) && IsCoveredBy(each, boxes);
            }));
  }

  // Looks for a job that all of `boxes` match and none of the barred ones, nor, with
  // `bar_rivals`, an allow rule of the other policy.
  bool Begin(const std::vector<const Box*>& boxes, bool bar_rivals) {
    if (IsHopeless(boxes, bar_rivals)) return false;
    choices_.assign(variables_.size(), {});
    audiences_.clear();
    bar_rivals_ = bar_rivals;
    nodes_ = 0;
    for (const Term& each : fixed_) Require(each, true, false);
    for (const Box* box : boxes) {
      for (const Term& each : box->terms) Require(each, true, box->is_deny);
    }
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      if (choices_[i].demands.empty() && !variables_[i].IsFork()) continue;
      if (!Choose(i)) return false;
    }
    return Solve();
  }

  void Require(const Term& term, bool holds, bool is_deny) {
    choices_[term.variable].demands.push_back({term.condition, term.number, holds, is_deny});
  }

  // Finds a value for the variable.
  bool Choose(std::size_t variable) {
    const Variable& about = variables_[variable];
    Choice& choice = choices_[variable];
    choice.disputed = false;
    Search search =
        values_.Find(choice.demands, usual_ ? about.usual : about.possible, about.IsFork());
    if (search.answer == Answer::kFound) {
      choice.value = std::move(search.example);
      return true;
    }
    choice.value.reset();
    choice.disputed =
        !usual_ && about.is_fact && !about.IsFork() && about.path.size() == 1 &&
        std::all_of(choice.demands.begin(), choice.demands.end(), [](const NumberedDemand& each) {
          return each.holds == (each.is_deny || each.condition->Matches(nullptr));
        });
    gave_up_ = gave_up_ || (search.answer == Answer::kGaveUp && !choice.disputed);
    return choice.disputed;
  }

  bool Contains(const Box& box) const {
    const bool meets = std::all_of(box.terms.begin(), box.terms.end(), [&](const Term& each) {
      const Choice& choice = choices_[each.variable];
      if (choice.disputed && box.is_deny) return true;
      return each.condition->Matches(choice.value ? &*choice.value : nullptr);
    });
    return meets && (box.is_deny || std::all_of(audiences_.begin(), audiences_.end(),
                                                [&](const std::string& each) {
                                                  return box.rule->PermitsAudience(each);
                                                }));
  }

  const Box* FirstWrong() const {
    for (const Box& each : barred_) {
      if (Contains(each)) return &each;
    }
    for (const Box& each : rivals_) {
      if (bar_rivals_ && Contains(each)) return &each;
    }
    return nullptr;
  }

  bool Solve() {
    if (++nodes_ > kMaxNodes || ++all_nodes_ > kMaxAllNodes) {
      gave_up_ = true;
      return false;
    }
    const Box* wrong = FirstWrong();
    if (wrong == nullptr) return Confirm();
    if (const auto audience = AudienceAgainst(*wrong)) {
      // That the list of audiences is longer keeps nothing else from being found.
      audiences_.push_back(*audience);
      const bool solved = Solve();
      audiences_.pop_back();
      return solved;
    }
    std::vector<std::pair<std::size_t, Choice>> before;
    bool solved = false;
    for (const Term& each : wrong->terms) {
      Choice& choice = choices_[each.variable];
      before.emplace_back(each.variable, choice);
      Require(each, false, wrong->is_deny);
      solved = Choose(each.variable) && Solve();
      if (solved) break;
      // All jobs that do not meet this term are looked at: from here on it is met.
      choice = before.back().second;
      Require(each, true, wrong->is_deny);
    }
    for (auto each = before.rbegin(); each != before.rend(); ++each) {
      choices_[each->first] = std::move(each->second);
    }
    return solved;
  }

  // An audience that the rule permits to other id_tokens, and `wrong` does not.
  std::optional<std::string> AudienceAgainst(const Box& wrong) {
    if (wrong.is_deny || !wrong.rule->audiences || jobs_.allowing.issuer.empty() ||
        jobs_.refusing.issuer.empty()) {
      return std::nullopt;
    }
    std::vector<Demand> demands{{&*wrong.rule->audiences, false}, {&PresentCondition(), true}};
    if (rule_->audiences) demands.push_back({&*rule_->audiences, true});
    Search search = FindValue(demands, Shape::kText);
    gave_up_ = gave_up_ || search.answer == Answer::kGaveUp;
    if (search.answer != Answer::kFound || !search.example) return std::nullopt;
    const std::string* text = search.example->AsString();
    return text == nullptr ? std::nullopt : std::optional(*text);
  }

  bool Confirm() {
    Witness witness;
    witness.is_usual = usual_;
    if (has_token_) witness.claims.emplace();
    witness.other_audiences = audiences_;
    std::vector<std::size_t> order(variables_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return variables_[a].path.size() < variables_[b].path.size();
    });
    for (const std::size_t i : order) {
      const Variable& variable = variables_[i];
      const Choice& choice = choices_[i];
      if (choice.disputed) witness.disputed.push_back(variable.path.front());
      if (!choice.value) continue;
      if (variable.is_refusing_fork) {
        witness.refusing_fork = choice.value->AsBool();
      } else if (variable.is_fact) {
        SetAt(witness.facts, variable.path, *choice.value);
      } else if (has_token_) {
        SetAt(*witness.claims, variable.path, *choice.value);
      }
    }
    if (witness.facts.Find("fork") == nullptr && !names_.contains({true, false, {"fork"}})) {
      witness.facts.Set("fork", false);
    }
    const Object seen = witness.FactsForRefusing();
    const bool good =
        Decide(*jobs_.allowing.policy, witness.SubjectFor(jobs_.allowing, witness.facts), {})
                .outcome() == Outcome::kAllow &&
        (jobs_.refusing.refuses_all ||
         Decide(*jobs_.refusing.policy, witness.SubjectFor(jobs_.refusing, seen), {}).outcome() !=
             Outcome::kAllow);
    if (good) {
      witness_ = std::move(witness);
    } else {
      gave_up_ = true;
    }
    return good;
  }

  const JobClass& jobs_;
  const bool has_token_;
  std::vector<Variable> variables_;
  std::map<std::tuple<bool, bool, std::vector<std::string>>, std::size_t> names_;
  std::map<std::string_view, int> numbers_;
  std::vector<Term> fixed_;
  std::vector<Box> own_;       // allow rules of the allowing policy
  std::vector<Box> barred_;    // denials of the allowing policy
  std::vector<Box> refusals_;  // denials of the refusing policy
  std::vector<Box> rivals_;    // allow rules of the refusing policy
  ValueSearch values_;

  // Of the search for one rule.
  const Rule* rule_ = nullptr;
  bool usual_ = true;
  bool bar_rivals_ = false;
  bool gave_up_ = false;
  int nodes_ = 0;
  int all_nodes_ = 0;
  std::vector<Choice> choices_;
  std::vector<std::string> audiences_;
  std::optional<Witness> witness_;
};

}  // namespace

Subject Witness::SubjectFor(const PolicyView& view, const Object& facts_seen) const {
  Subject subject{view.issuer, view.issuer.empty() || !claims ? nullptr : &*claims, &facts_seen,
                  other_audiences, disputed};
  if (view.issuer.empty()) subject.other_audiences.clear();
  return subject;
}

Object Witness::FactsForRefusing() const {
  Object seen = facts;
  if (refusing_fork) seen.Set("fork", *refusing_fork);
  return seen;
}

std::vector<RuleWitness> FindWitnesses(const JobClass& jobs) {
  return WitnessSearch(jobs).Find();
}

}  // namespace jobwarden
