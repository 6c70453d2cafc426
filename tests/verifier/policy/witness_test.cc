#include "verifier/policy/witness.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/base/json.h"

namespace jobwarden {
namespace {

Shape UsualShape(std::string_view, bool) {
  return Shape::kText;
}
Shape AnyShape(std::string_view, bool) {
  return Shape::kAny;
}

Value Json(const std::string& json) {
  const auto value = ParseJson(json, {.max_bytes = 10000}, Code::kConfigInvalid, "test");
  BOOST_REQUIRE_MESSAGE(value, json);
  return *value;
}

std::vector<NamedCondition> Conditions(const Value* table) {
  std::vector<NamedCondition> all;
  if (table == nullptr) return all;
  for (const Member& each : table->AsObject()->members()) {
    all.push_back({each.name, *Condition::Make(each.value)});
  }
  return all;
}

// `{"allow": [{"claims": …, "facts": …, "audiences": …, "tokenless": true}], "deny": […]}`
Policy MakePolicy(const Value& value) {
  Policy policy;
  const auto read = [&](std::string_view word, std::vector<Rule>& rules) {
    const Value* list = value.Find(word);
    if (list == nullptr) return;
    for (const Value& each : *list->AsArray()) {
      Rule& rule = rules.emplace_back();
      rule.name = std::string(word) + std::to_string(rules.size());
      rule.claims = Conditions(each.Find("claims"));
      rule.facts = Conditions(each.Find("facts"));
      if (const Value* audiences = each.Find("audiences")) {
        rule.audiences = *Condition::Make(*audiences);
      }
      rule.tokenless = each.Find("tokenless") != nullptr;
      rule.report_only = each.Find("report") != nullptr;
    }
  };
  read("allow", policy.allow);
  read("deny", policy.deny);
  if (value.Find("fork") != nullptr) policy.fork = ForkAction::kAllow;
  return policy;
}

// The witness of the first rule that has one: claims, facts and audiences as JSON; `none`, or
// `gave up`.
std::string Gain(const std::string& old_rules, const std::string& new_rules,
                 const std::string& issuer = "ci") {
  const Policy before = MakePolicy(Json(old_rules));
  const Policy after = MakePolicy(Json(new_rules));
  const JobClass jobs{.allowing = {&after, issuer},
                      .refusing = {&before, issuer},
                      .usual = UsualShape,
                      .possible = AnyShape};
  const auto found = FindWitnesses(jobs);
  if (found.empty()) return "none";
  if (!found.front().witness) return "gave up";
  const Witness& witness = *found.front().witness;
  std::string text = witness.claims ? WriteJson(*witness.claims) : "no token";
  text += " " + WriteJson(witness.facts);
  for (const std::string& each : witness.other_audiences) text += " " + each;
  for (const std::string& each : witness.disputed) text += " disputed:" + each;
  return text + (witness.is_usual ? "" : " unusual");
}

BOOST_AUTO_TEST_SUITE(witness)

BOOST_AUTO_TEST_CASE(the_same_rules_bring_nothing) {
  const std::string rules =
      R"({"allow": [{"claims": {"p": "a/**", "r": ["main", "v*"]}}, {"claims": {"p": "b"}}],
          "deny": [{"claims": {"s": {"not": "push"}}}, {"facts": {"image": {"regex": "x+"}}}]})";
  BOOST_TEST(Gain(rules, rules) == "none");
  BOOST_TEST(Gain(rules, rules, "") == "none");
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"/p": "a"}}]})",
                  R"({"allow": [{"claims": {"p": "a"}}]})") == "none");
}

BOOST_AUTO_TEST_CASE(a_wider_condition_is_found_with_an_example) {
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"p": "a/*"}}]})",
                  R"({"allow": [{"claims": {"p": "a/**"}}]})") ==
             R"({"p":"a/x/x"} {"fork":false})");
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"p": "a/*", "r": "main"}}]})",
                  R"({"allow": [{"claims": {"p": "a/*"}}]})") == R"({"p":"a/x"} {"fork":false})");
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"p": "a/**"}}]})",
                  R"({"allow": [{"claims": {"p": "a/*", "r": "main"}}]})") == "none");
}

BOOST_AUTO_TEST_CASE(rules_that_only_together_cover_another_are_seen) {
  const std::string parts =
      R"({"allow": [{"claims": {"p": "a", "r": "main"}}, {"claims": {"p": "a", "r": {"not": "main"}}},
                    {"claims": {"p": "a", "r": {"exists": false}}}]})";
  BOOST_TEST(Gain(parts, R"({"allow": [{"claims": {"p": "a"}}]})") == "none");
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"p": "a"}}]})", parts) == "none");
}

BOOST_AUTO_TEST_CASE(what_a_deny_rule_no_longer_denies_is_found) {
  const std::string allow = R"("allow": [{"claims": {"p": "a/**"}}])";
  BOOST_TEST(Gain("{" + allow + R"(, "deny": [{"claims": {"s": "schedule"}}]})",
                  "{" + allow + "}") == R"({"p":"a/x","s":"schedule"} {"fork":false})");
  BOOST_TEST(Gain("{" + allow + R"(, "deny": [{"claims": {"s": "schedule"}}]})",
                  "{" + allow + R"(, "deny": [{"claims": {"s": "s*"}}]})") == "none");
  BOOST_TEST(Gain("{" + allow + R"(, "deny": [{"claims": {"s": "schedule"}}]})",
                  "{" + allow + R"(, "deny": [{"claims": {"s": "schedule"}, "report": 1}]})") ==
             R"({"p":"a/x","s":"schedule"} {"fork":false})");
}

BOOST_AUTO_TEST_CASE(forks_audiences_and_jobs_without_a_token_count) {
  const std::string allow = R"("allow": [{"claims": {"p": "a"}}])";
  BOOST_TEST(Gain("{" + allow + "}", "{" + allow + R"(, "fork": "allow"})") ==
             R"({"p":"a"} {"fork":true})");
  BOOST_TEST(
      Gain(R"({"allow": [{"claims": {"p": "a"}, "audiences": "https://v"}]})",
           R"({"allow": [{"claims": {"p": "a"}, "audiences": ["https://v", "https://w"]}]})") ==
      R"({"p":"a"} {"fork":false} https://w)");
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"p": "a"}}]})",
                  R"({"allow": [{"facts": {"project_path": "a"}, "tokenless": 1}]})",
                  "") == R"(no token {"project_path":"a","fork":false})");
  BOOST_TEST(Gain(R"({"deny": [{"claims": {"p": "b"}, "facts": {"image": "x"}}]})",
                  R"({"allow": [{"facts": {"project_path": "a"}, "tokenless": 1}],
                      "deny": [{"claims": {"p": "b"}, "facts": {"project_path": "a*"}}]})",
                  "") == "none");
}

BOOST_AUTO_TEST_CASE(two_rules_may_each_permit_one_of_two_audiences) {
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"p": "a"}, "audiences": "v"},
                                {"claims": {"p": "a"}, "audiences": "w"}]})",
                  R"({"allow": [{"claims": {"p": "a"}, "audiences": ["v", "w"]}]})") ==
             R"({"p":"a"} {"fork":false} w v)");
}

BOOST_AUTO_TEST_CASE(unusual_values_are_found_where_no_usual_one_is) {
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"r": {"any": ["main"], "not": "dev"}}}]})",
                  R"({"allow": [{"claims": {"r": "main"}}]})") ==
             R"({"r":["dev","main"]} {"fork":false} unusual)");
  BOOST_TEST(Gain(R"({"allow": [{"facts": {"image": {"exists": false}}}],
                      "deny": [{"facts": {"image": "x"}}]})",
                  R"({"allow": [{"facts": {"image": {"exists": false}}}]})") ==
             R"({} {"fork":false} disputed:image unusual)");
}

BOOST_AUTO_TEST_CASE(a_search_that_is_not_whole_says_so) {
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"r": {"regex": "(?i)main"}}}]})",
                  R"({"allow": [{"claims": {"r": {"regex": "(?i)mai[n]"}}}]})") == "gave up");
  BOOST_TEST(Gain(R"({"allow": [{"claims": {"r": {"regex": "(?i)main"}}}]})",
                  R"({"allow": [{"claims": {"r": {"regex": "(?i)main"}}}]})") == "none");
}

BOOST_AUTO_TEST_CASE(a_hundred_exceptions_are_one_set_of_texts) {
  std::string list;
  std::string boxes;
  for (int i = 0; i < 100; ++i) {
    const std::string text = "\"g" + std::to_string(i) + "/**\"";
    list += (i == 0 ? "" : ", ") + text;
    boxes += (i == 0 ? "" : ", ") + (R"({"claims": {"p": )" + text + "}}");
  }
  const std::string as_list =
      R"({"allow": [{"claims": {"p": "**"}}], "deny": [{"claims": {"p": [)" + list + "]}}]}";
  const std::string as_rules = R"({"allow": [{"claims": {"p": "**"}}], "deny": [)" + boxes + "]}";
  BOOST_TEST(Gain(as_list, as_rules) == "none");
  BOOST_TEST(Gain(as_rules, as_list) == "none");
}

// Random policies, and random jobs.
class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  std::size_t Pick(std::size_t count) { return random_() % count; }
  template <typename T, std::size_t kCount>
  T Of(const T (&all)[kCount]) {
    return all[Pick(kCount)];
  }

  std::string Word(std::string_view letters, std::size_t longest) {
    std::string text;
    for (std::size_t i = Pick(longest + 1); i > 0; --i) text += letters[Pick(letters.size())];
    return text;
  }

  Value Description(int depth = 0) {
    constexpr std::string_view kRegexes[] = {"a*", "(a|/)*b", "[ab]+", "a.?b", "[^a]*"};
    switch (Pick(depth > 1 ? 5 : 9)) {
      case 0:
        return Word("ab/*?", 3);
      case 1:
        return Object{{"regex", Of(kRegexes)}};
      case 2:
        return Pick(2) == 0 ? Value(true) : Value(12);
      case 3:
      case 4:
        return Word("ab", 1);
      case 5:
        return Object{{"not", Inner(depth + 1)}};
      case 6:
        return Array{Description(depth + 1), Word("ab*", 2)};
      case 7:
        return Object{{"exists", Pick(2) == 0}};
      default:
        return Object{{"any", Array{Description(depth + 1), "ab"}}, {"not", Word("ab*", 2)}};
    }
  }

  Value SomeValue() {
    switch (Pick(9)) {
      case 0:
        return Value();
      case 1:
        return Pick(2) == 0;
      case 2:
        return Pick(2) == 0 ? Value(12) : Value(1.5);
      case 3:
        return Array{Word("ab/", 2), Word("ab", 1)};
      case 4:
        return Object{{"x", Word("ab", 1)}, {"0", Word("ab", 2)}};
      default:
        return Word("ab/", 3);
    }
  }

  std::vector<NamedCondition> Named(bool facts) {
    constexpr std::string_view kClaims[] = {"p", "r", "/r", "/c/x", "/c/0", "c"};
    constexpr std::string_view kFacts[] = {"event", "image", "fork", "services", "/services/0"};
    std::vector<NamedCondition> all;
    for (std::size_t i = Pick(3); i > 0; --i) {
      const std::string_view name = facts ? Of(kFacts) : Of(kClaims);
      all.push_back({std::string(name), Make()});
    }
    return all;
  }

  Rule SomeRule(bool allow) {
    Rule rule;
    rule.name = Word("abcdefgh", 8);
    rule.claims = Named(false);
    if (Pick(2) == 0) rule.facts = Named(true);
    if (Pick(4) == 0) rule.issuer = "ci";
    if (allow && Pick(3) == 0) rule.audiences = *Condition::Make(Word("ab*", 2));
    rule.report_only = Pick(8) == 0;
    if (allow && Pick(5) == 0) {
      rule.tokenless = true;
      rule.claims.clear();
      rule.issuer.clear();
    }
    return rule;
  }

  Policy SomePolicy() {
    Policy policy;
    for (std::size_t i = Pick(4); i > 0; --i) policy.allow.push_back(SomeRule(true));
    for (std::size_t i = Pick(3); i > 0; --i) policy.deny.push_back(SomeRule(false));
    policy.fork = Pick(2) == 0 ? ForkAction::kDeny : ForkAction::kAllow;
    return policy;
  }

  // Another policy that has much in common with this one.
  Policy Changed(Policy policy) {
    for (std::vector<Rule>* rules : {&policy.allow, &policy.deny}) {
      if (rules->empty() || Pick(2) == 0) continue;
      Rule& rule = (*rules)[Pick(rules->size())];
      switch (Pick(4)) {
        case 0:
          rules->pop_back();
          break;
        case 1:
          if (!rule.claims.empty()) rule.claims.back().condition = Make();
          break;
        case 2:
          rules->push_back(rule);
          rules->back().facts = Named(true);
          break;
        default:
          std::swap(rule, rules->back());
      }
    }
    return policy;
  }

  Witness SomeJob(bool has_token) {
    Witness job;
    if (has_token) {
      job.claims.emplace();
      for (const std::string_view name : {"p", "r", "c"}) {
        if (Pick(4) != 0) job.claims->Set(name, SomeValue());
      }
      for (std::size_t i = Pick(3); i > 0; --i) job.other_audiences.push_back(Word("ab", 2));
    }
    for (const std::string_view name : {"event", "image", "services"}) {
      const std::size_t kind = Pick(5);
      if (kind == 0) job.disputed.emplace_back(name);
      if (kind > 1) job.facts.Set(name, SomeValue());
    }
    if (Pick(3) != 0) job.facts.Set("fork", Pick(2) == 0);
    return job;
  }

 private:
  Value Inner(int depth) {
    Value value = Description(depth);
    while (WriteJson(value).find("exists") != std::string::npos) value = Description(depth);
    return value;
  }
  Condition Make() {
    auto condition = Condition::Make(Description());
    while (!condition) condition = Condition::Make(Description());
    return *condition;
  }

  std::mt19937 random_;
};

bool Allows(const PolicyView& view, const Witness& job, const Object& facts) {
  return Decide(*view.policy, job.SubjectFor(view, facts), {}).outcome() == Outcome::kAllow;
}

// Whatever is found, the engine confirms; and where nothing is, no random job is a witness.
BOOST_AUTO_TEST_CASE(answers_agree_with_the_engine_on_random_policies_and_jobs) {
  Dice dice(11);
  int found = 0;
  int none = 0;
  int gave_up = 0;
  for (int round = 0; round < 600; ++round) {
    const Policy before = dice.SomePolicy();
    const Policy after = dice.Pick(3) == 0 ? dice.SomePolicy() : dice.Changed(before);
    const bool has_token = dice.Pick(4) != 0;
    const std::string issuer = has_token ? "ci" : "";
    const JobClass jobs{.allowing = {&after, issuer},
                        .refusing = {&before, issuer},
                        .usual = UsualShape,
                        .possible = AnyShape};
    const auto witnesses = FindWitnesses(jobs);
    for (const RuleWitness& each : witnesses) {
      if (!each.witness) {
        ++gave_up;
        continue;
      }
      ++found;
      BOOST_TEST(Allows(jobs.allowing, *each.witness, each.witness->facts));
      BOOST_TEST(!Allows(jobs.refusing, *each.witness, each.witness->FactsForRefusing()));
    }
    if (!witnesses.empty()) continue;
    ++none;
    for (int i = 0; i < 100; ++i) {
      const Witness job = dice.SomeJob(has_token);
      BOOST_TEST((!Allows(jobs.allowing, job, job.facts) || Allows(jobs.refusing, job, job.facts)),
                 "round " << round << ": " << (job.claims ? WriteJson(*job.claims) : "") << " "
                          << WriteJson(job.facts));
    }
  }
  BOOST_TEST_MESSAGE(found << " found, " << none << " none, " << gave_up << " given up");
  BOOST_TEST(found > 100);
  BOOST_TEST(none > 100);
  BOOST_TEST(gave_up < 30);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
