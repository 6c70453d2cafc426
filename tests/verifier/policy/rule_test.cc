#include "verifier/policy/rule.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "verifier/base/json.h"

namespace jobwarden {
namespace {

Value Json(std::string_view text) {
  const auto value =
      ParseJson(text, {.max_bytes = 1 << 20, .max_depth = 64}, Code::kConfigInvalid, "test");
  BOOST_REQUIRE_MESSAGE(value, text);
  return *value;
}

Condition Make(std::string_view description) {
  const auto condition = Condition::Make(Json(description));
  BOOST_REQUIRE_MESSAGE(condition, description);
  return *condition;
}

// The text "a" inside so many lists.
std::string Nested(std::size_t lists) {
  return std::string(lists, '[') + R"("a")" + std::string(lists, ']');
}

BOOST_AUTO_TEST_SUITE(rule)

struct Row {
  const char* description;
  const char* value;  // null: absent
  bool matches;
};

BOOST_AUTO_TEST_CASE(conditions_match_values) {
  const Row rows[] = {
      // text
      {R"("main")", R"("main")", true},
      {R"("main")", R"("main2")", false},
      {R"("main")", R"("Main")", false},
      {R"("")", R"("")", true},
      {R"("")", R"("a")", false},
      {R"("")", nullptr, false},
      {R"("**")", nullptr, false},
      {R"("**")", "null", false},
      {R"("release/*")", R"("release/1.0")", true},
      {R"("release/*")", R"("release/1/0")", false},
      // flags and numbers, however they are written
      {"true", "true", true},
      {"true", R"("true")", true},
      {"true", "false", false},
      {"true", R"("false")", false},
      {"true", R"("True")", false},
      {"true", "1", false},
      {"false", R"("false")", true},
      {"false", nullptr, false},
      {"false", R"("")", false},
      {R"("true")", "true", true},
      {"12", "12", true},
      {"12", R"("12")", true},
      {"12", R"("012")", false},
      {"12", R"("12 ")", false},
      {"12", "12.0", false},
      {R"("12")", "12", true},
      {R"("12")", "13", false},
      {R"("1?")", "12", true},
      {"-9223372036854775808", R"("-9223372036854775808")", true},
      {"9223372036854775807", "9223372036854775807", true},
      // lists
      {R"(["main","release/*"])", R"("release/1")", true},
      {R"(["main","release/*"])", R"("feature")", false},
      {R"([12, true, "x"])", R"("true")", true},
      {R"(["a",{"exists":false}])", nullptr, true},
      {R"(["a",{"exists":false}])", R"("a")", true},
      {R"(["a",{"exists":false}])", R"("b")", false},
      // tables
      {R"({"any":["a","b"]})", R"("b")", true},
      {R"({"any":["a","b"]})", R"("c")", false},
      {R"({"not":"a"})", R"("b")", true},
      {R"({"not":"a"})", R"("a")", false},
      {R"({"not":"a"})", nullptr, false},
      {R"({"not":"a"})", "null", false},
      {R"({"not":["a","b*"]})", R"("bc")", false},
      {R"({"not":["a","b*"]})", R"("c")", true},
      {R"({"not":{"not":"a"}})", R"("a")", true},
      {R"({"not":{"not":"a"}})", R"("b")", false},
      {R"({"not":{"not":"a"}})", nullptr, false},
      {R"({"any":["r/*"],"not":"r/x"})", R"("r/y")", true},
      {R"({"any":["r/*"],"not":"r/x"})", R"("r/x")", false},
      {R"({"any":["r/*"],"not":"r/x"})", R"("y")", false},
      {R"({"exists":true})", R"("")", true},
      {R"({"exists":true})", "false", true},
      {R"({"exists":true})", "[]", true},
      {R"({"exists":true})", nullptr, false},
      {R"({"exists":true})", "null", false},
      {R"({"exists":false})", nullptr, true},
      {R"({"exists":false})", "null", true},
      {R"({"exists":false})", R"("a")", false},
      {R"({"exists":true,"not":"a"})", R"("b")", true},
      // a regex is held against the whole value
      {R"_({"regex":"v[0-9]+"})_", R"("v12")", true},
      {R"_({"regex":"v[0-9]+"})_", R"("xv12")", false},
      {R"_({"regex":"v[0-9]+"})_", R"("v12x")", false},
      {R"_({"regex":"a|b"})_", R"("ax")", false},
      {R"_({"regex":"v1$"})_", R"("v1\n")", false},
      {R"_({"regex":"a\\*b"})_", R"("a*b")", true},
      {R"_({"regex":"a\\*b"})_", R"("axb")", false},
      {R"_({"regex":"(?i)main"})_", R"("MAIN")", true},
      {R"_({"regex":"1."})_", "12", true},
      {R"_({"regex":".*"})_", nullptr, false},
      {R"_({"regex":".","not":"ü"})_", R"("ö")", true},
      // arrays
      {R"("a")", R"(["b","a"])", true},
      {R"("a")", R"(["b"])", false},
      {R"("a")", "[]", false},
      {R"({"not":"a"})", R"(["b","a"])", false},
      {R"({"not":"a"})", R"(["b","c"])", true},
      {R"({"not":"a"})", "[]", true},
      {R"({"any":["a"],"not":"b"})", R"(["a","c"])", true},
      {R"({"any":["a"],"not":"b"})", R"(["a","b"])", false},
      {R"_({"regex":"[ab]"})_", R"(["x","b"])", true},
      {R"(["x","y"])", R"(["a","y"])", true},
      {"12", R"(["12"])", true},
      // what has no text equals nothing
      {R"("a")", R"({"a":"a"})", false},
      {R"("**")", R"({"a":"a"})", false},
      {R"_({"regex":"(?s).*"})_", R"({})", false},
      {R"("**")", R"([["a"],{"b":"c"},null])", false},
      {R"("**")", "1.5", false},
      {R"({"not":"a"})", R"([["a"]])", true},
  };
  for (const Row& row : rows) {
    const Value value = row.value == nullptr ? Value() : Json(row.value);
    BOOST_TEST(
        Make(row.description).Matches(row.value == nullptr ? nullptr : &value) == row.matches,
        row.description << " against " << (row.value == nullptr ? "nothing" : row.value));
  }
}

struct BadRow {
  std::string description;
  const char* message;
};

BOOST_AUTO_TEST_CASE(bad_descriptions_are_refused) {
  const std::string deep = Nested(8);
  const BadRow rows[] = {
      {"null", "expected text, true, false, a whole number, a list or a table, got null"},
      {"1.5", "got a number that is not whole"},
      {"[]", "expected a list of at least one element"},
      {R"(["a",[]])", "expected a list of at least one element"},
      {R"({"not":[]})", "expected a list of at least one element"},
      {"{}", "expected a table with any, not, regex or exists, got none"},
      {R"({"nto":"a"})", R"(expected any, not, regex or exists, got "nto")"},
      {R"({"any":"a"})", "any: expected a list, got string"},
      {R"({"any":[]})", "expected a list of at least one element"},
      {R"_({"regex":1})_", "regex: expected text, got number"},
      {R"_({"regex":"("})_", "regex: RE2 does not accept \"(\": \"missing ): (\""},
      {R"_({"regex":"(?=a)"})_", "regex: RE2 does not accept"},
      {R"_({"regex":"(a)\\1"})_", "regex: RE2 does not accept"},
      {R"_({"regex":"((a{100}){100}){100}"})_", "regex: RE2 does not accept"},
      {R"_({"regex":"((((a{9}){9}){9}){9}){9}"})_", "regex: RE2 does not accept"},
      {R"({"exists":"true"})", "exists: expected true or false, got string"},
      {R"({"exists":false,"not":"a"})", "exists = false: expected alone"},
      {R"({"any":["a"],"exists":false})", "exists = false: expected alone"},
      {R"({"not":{"exists":false}})", "exists: expected outside of not"},
      {R"({"not":["a",{"exists":true}]})", "exists: expected outside of not"},
      {R"({"not":null})", "expected text"},
      {deep, "expected at most 8 conditions inside each other"},
      {'"' + std::string(1025, 'a') + '"', "text: expected at most 1024 bytes, got 1025"},
      {'"' + std::string(1025, '*') + '"', "text: expected at most 1024 bytes, got 1025"},
      {R"({"regex":")" + std::string(1025, 'a') + R"("})", "regex: expected at most 1024 bytes"},
  };
  for (const BadRow& row : rows) {
    const auto condition = Condition::Make(Json(row.description));
    BOOST_TEST(!condition, row.description << " is accepted");
    if (condition) continue;
    BOOST_TEST(condition.findings().size() == 1U);
    const Finding& finding = condition.findings().front();
    BOOST_TEST(CodeName(finding.code) == "CONFIG_INVALID");
    BOOST_TEST(finding.message.find(row.message) != std::string::npos,
               row.description << " gives: " << finding.message);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_key_gets_the_nearest_known_one) {
  const auto condition = Condition::Make(Json(R"({"exist":true})"));
  BOOST_REQUIRE(!condition);
  BOOST_TEST(condition.findings().front().hint == "did you mean exists?");
}

BOOST_AUTO_TEST_CASE(a_description_at_its_limits_is_accepted) {
  const Value a("a");
  BOOST_TEST(Make(Nested(7)).Matches(&a));
  const std::string longest(1024, 'a');
  const Value text(longest);
  BOOST_TEST(Make('"' + longest + '"').Matches(&text));
}

BOOST_AUTO_TEST_CASE(a_regex_that_backtracking_would_choke_on_ends) {
  const Value text(std::string(16'384, 'a') + "!");
  BOOST_TEST(!Make(R"({"regex":"(a*)*(a*)*b"})").Matches(&text));
}

BOOST_AUTO_TEST_CASE(text_is_the_description_as_json) {
  BOOST_TEST(Make(R"( [ "main" , {"not":  true} ] )").text() == R"(["main",{"not":true}])");
}

BOOST_AUTO_TEST_CASE(a_copy_matches_after_the_original_is_gone) {
  auto original = std::make_optional(Make(R"(["a*",{"regex":"b+"}])"));
  const Condition copy = *original;
  original.reset();
  const Value b("bb");
  BOOST_TEST(copy.Matches(&b));
}

BOOST_AUTO_TEST_CASE(names_lead_to_members_and_pointers_into_them) {
  const Value root = Json(R"({
    "ref": "main",
    "a/b": 1, "m~n": 2, "": 3,
    "job_config": {"url": "u", "": {"x": 4}},
    "identities": [{"provider": "saml"}, {"provider": "ldap"}],
    "null": null
  })");
  const Object& object = *root.AsObject();
  const auto found = [&object](std::string_view name) {
    const Value* value = FindNamed(object, name);
    return value == nullptr ? std::string("nothing") : WriteJson(*value);
  };
  BOOST_TEST(found("ref") == R"("main")");
  BOOST_TEST(found("/ref") == R"("main")");
  BOOST_TEST(found("a/b") == "1");
  BOOST_TEST(found("/a~1b") == "1");
  BOOST_TEST(found("/m~0n") == "2");
  BOOST_TEST(found("/") == "3");
  BOOST_TEST(found("/job_config/url") == R"("u")");
  BOOST_TEST(found("/job_config//x") == "4");
  BOOST_TEST(found("/identities/1/provider") == R"("ldap")");
  BOOST_TEST(found("/null") == "null");
  for (const char* name :
       {"/none", "/ref/0", "/ref/", "/identities/2", "/identities/01", "/identities/-",
        "/identities/+1", "/identities/ 1", "/identities/", "/identities/99999999999999999999",
        "/identities/provider", "/job_config/url/x", "/null/x", "/a/b", "job_config/url", "//"}) {
    BOOST_TEST(found(name) == "nothing", name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
