#include "verifier/policy/language.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/json.h"

namespace jobwarden {
namespace {

Condition Make(const std::string& json) {
  const auto value = ParseJson(json, {.max_bytes = 10000}, Code::kConfigInvalid, "test");
  BOOST_REQUIRE_MESSAGE(value, json);
  auto condition = Condition::Make(*value);
  BOOST_REQUIRE_MESSAGE(condition, json);
  return *std::move(condition);
}

// A value that the first condition matches and the second does not, as JSON; `none` or `gave up`.
std::string InFirstAlone(const std::string& first, const std::string& second,
                         Shape shape = Shape::kText) {
  const Condition a = Make(first);
  const Condition b = Make(second);
  const Search search = FindValue({{&a, true}, {&b, false}}, shape);
  switch (search.answer) {
    case Search::Answer::kNone:
      return "none";
    case Search::Answer::kGaveUp:
      return "gave up";
    default:
      return search.example ? WriteJson(*search.example) : "absent";
  }
}

BOOST_AUTO_TEST_SUITE(language)

BOOST_AUTO_TEST_CASE(texts_and_globs_are_compared_as_sets) {
  BOOST_TEST(InFirstAlone(R"("a/b")", R"("a/*")") == "none");
  BOOST_TEST(InFirstAlone(R"("a/*")", R"("a/b")") == R"("a/")");
  BOOST_TEST(InFirstAlone(R"("a/*")", R"("a/**")") == "none");
  BOOST_TEST(InFirstAlone(R"("a/**")", R"("a/*")") == R"("a//")");
  BOOST_TEST(InFirstAlone(R"(["main", "release/?"])", R"(["m*", "release/*"])") == "none");
  BOOST_TEST(InFirstAlone(R"("*a*")", R"("a*")") == R"("-a")");
  BOOST_TEST(InFirstAlone(R"("*ab*")", R"(["*b*"])") == "none");
  BOOST_TEST(InFirstAlone(R"("caf\u00e9?")", R"("caf?x")") == "\"caf\u00e9-\"");
  BOOST_TEST(InFirstAlone(R"("???")", R"(["??", "?*?"])") == "none");
}

BOOST_AUTO_TEST_CASE(not_any_and_exists_are_followed) {
  BOOST_TEST(InFirstAlone(R"({"not": "a"})", R"({"not": ["a", "b"]})") == R"("b")");
  BOOST_TEST(InFirstAlone(R"({"not": ["a", "b"]})", R"({"not": "a"})") == "none");
  BOOST_TEST(InFirstAlone(R"([{"exists": false}, "a"])", R"("a")") == "absent");
  BOOST_TEST(InFirstAlone(R"("a")", R"({"exists": true})") == "none");
  BOOST_TEST(InFirstAlone(R"({"any": ["v*"], "not": "v0*"})", R"("v*")") == "none");
  BOOST_TEST(InFirstAlone(R"({"any": ["v0"], "not": "v*"})", R"("nothing")") == "none");
}

BOOST_AUTO_TEST_CASE(an_array_may_have_elements_of_several_sets) {
  BOOST_TEST(InFirstAlone(R"("b")", R"({"not": "a"})") == "none");
  BOOST_TEST(InFirstAlone(R"("b")", R"({"not": "a"})", Shape::kAny) == R"(["a","b"])");
  BOOST_TEST(InFirstAlone(R"({"not": "a"})", R"({"regex": ".*"})", Shape::kAny) == R"("\n")");
  BOOST_TEST(InFirstAlone(R"("a")", R"(["a", "b"])", Shape::kAny) == "none");
}

BOOST_AUTO_TEST_CASE(a_flag_is_true_or_false) {
  BOOST_TEST(InFirstAlone(R"({"not": true})", R"("false")", Shape::kFlag) == "none");
  BOOST_TEST(InFirstAlone(R"("yes")", R"("x")", Shape::kFlag) == "none");
}

BOOST_AUTO_TEST_CASE(regular_expressions_are_decided_where_they_are_understood) {
  BOOST_TEST(InFirstAlone(R"({"regex": "release/[0-9]+"})", R"("release/*")") == "none");
  BOOST_TEST(InFirstAlone(R"("release/*")", R"({"regex": "release/[0-9]+"})") == R"("release/")");
  BOOST_TEST(InFirstAlone(R"({"regex": "v\\d{1,3}(\\.\\d+)*"})", R"("v*")") == "none");
  BOOST_TEST(InFirstAlone(R"({"regex": "^(a|b)?c$"})", R"(["c", "ac"])") == R"("bc")");
  BOOST_TEST(InFirstAlone(R"({"regex": "[^/]+/[^/]+"})", R"("*/*")") == "none");
  BOOST_TEST(InFirstAlone(R"({"regex": ".*"})", R"("**")") == "none");
  BOOST_TEST(InFirstAlone(R"("**")", R"({"regex": ".*"})") == R"("\n")");
  BOOST_TEST(InFirstAlone(R"({"regex": "(?i)main"})", R"("main")") == "gave up");
  BOOST_TEST(InFirstAlone(R"("main")", R"({"regex": "(?i)master"})") == R"("main")");
  BOOST_TEST(InFirstAlone(R"({"regex": "(a|b)*a(a|b){18}"})", R"("main")") == "gave up");
}

// The engine itself is asked about each example, and about many values where there is none.
BOOST_AUTO_TEST_CASE(answers_agree_with_the_engine_on_random_conditions) {
  std::mt19937 random(7);
  const auto pick = [&random](std::size_t count) { return random() % count; };
  const auto word = [&](std::string_view letters, std::size_t longest) {
    std::string text;
    for (std::size_t i = pick(longest + 1); i > 0; --i) text += letters[pick(letters.size())];
    return text;
  };
  const std::function<Value(int)> describe = [&](int depth) -> Value {
    constexpr std::string_view kRegexes[] = {"a*", "(a|/)*b", "[ab]+", "a.?b", "[^a]*", ".{0,2}"};
    switch (pick(depth > 2 ? 3 : 7)) {
      case 0:
        return word("ab/", 3);
      case 1:
        return word("ab/*?", 4);
      case 2:
        return Object{{"regex", kRegexes[pick(std::size(kRegexes))]}};
      case 3:
        return Object{{"not", describe(depth + 1)}};
      case 4:
        return Object{{"not", word("ab*", 2)}, {"any", Array{describe(depth + 1), "ab"}}};
      case 5:
        return Array{describe(depth + 1), describe(depth + 1), word("ab*", 3)};
      default:
        return Array{word("ab*?", 2), word("ab/", 3)};
    }
  };
  int found = 0;
  int none = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto a = Condition::Make(describe(0));
    const auto b = Condition::Make(describe(0));
    BOOST_REQUIRE((a && b));
    const std::vector<Demand> demands{{&*a, true}, {&*b, pick(2) == 0}};
    const auto meets = [&](const Value* value) {
      return a->Matches(value) && b->Matches(value) == demands[1].holds;
    };
    for (const Shape shape : {Shape::kText, Shape::kAny}) {
      const Search search = FindValue(demands, shape);
      BOOST_REQUIRE((search.answer != Search::Answer::kGaveUp));
      if (search.answer == Search::Answer::kFound) {
        ++found;
        BOOST_TEST(meets(search.example ? &*search.example : nullptr), a->text()
                                                                           << " " << b->text());
        continue;
      }
      ++none;
      for (int i = 0; i < 100; ++i) {
        Value value(word("ab/x", 4));
        if (shape == Shape::kAny && i % 2 == 0) {
          value = Array{word("ab/x", 3), word("ab/x", 3), word("ab/", 2)};
        }
        BOOST_TEST(!meets(&value), a->text() << " " << b->text() << " " << WriteJson(value));
      }
    }
  }
  BOOST_TEST(found > 500);
  BOOST_TEST(none > 500);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
