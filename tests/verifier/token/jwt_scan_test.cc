#include "verifier/token/jwt_scan.h"

#include <boost/test/unit_test.hpp>

#include "tests/verifier/unsigned_jwt.h"

using namespace jobwarden;
using jobwarden::testing::Jwt;

namespace {

const std::string kJwt = Jwt("{\"iss\":\"x\"}");

void CheckFinds(const std::string& text, const std::vector<std::string>& expected) {
  const auto found = FindJwts(text);
  const std::vector<std::string> got(found.begin(), found.end());
  BOOST_TEST(got == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jwt_scan)

BOOST_AUTO_TEST_CASE(a_jwt_is_found_whole_and_inside) {
  CheckFinds(kJwt, {kJwt});
  CheckFinds("Bearer " + kJwt + " end", {kJwt});
  CheckFinds("\"" + kJwt + "\"\n", {kJwt});
  CheckFinds(kJwt + "," + kJwt, {kJwt, kJwt});
  CheckFinds("https://u:" + kJwt + "@host.example.com/a.b.git", {kJwt});
}

BOOST_AUTO_TEST_CASE(a_jwt_may_follow_other_base64url_characters) {
  CheckFinds("glcbt-" + kJwt, {kJwt});
  CheckFinds("prefix_eyJ" + kJwt, {kJwt});
  CheckFinds("eyJeyJeyJ" + kJwt, {kJwt});
  CheckFinds("a.b." + kJwt, {kJwt});
}

BOOST_AUTO_TEST_CASE(a_header_with_an_object_inside_is_not_cut) {
  for (const char* header : {R"({"x":{"y":1},"alg":"RS256"})", R"({"a":"{\"b\"","c":1})",
                             R"({"jwk":{"kty":{"z":1}}})", R"({"ab":{"y":{"z":1}}})"}) {
    const std::string jwt = Jwt("{}", "s", header);
    CheckFinds("x" + jwt, {jwt});
  }
}

BOOST_AUTO_TEST_CASE(a_broken_header_begins_at_the_first_place) {
  CheckFinds("-eyJhbGciOi-eyJ." + kJwt.substr(kJwt.find('.') + 1),
             {"eyJhbGciOi-eyJ." + kJwt.substr(kJwt.find('.') + 1)});
}

BOOST_AUTO_TEST_CASE(what_is_not_three_parts_is_no_jwt) {
  CheckFinds("", {});
  CheckFinds("eyJ", {});
  CheckFinds("eyJ.eyJ", {});
  CheckFinds("eyJ.eyJ.", {});
  CheckFinds("eyJ..sig", {});
  CheckFinds(".eyJ.sig", {});
  CheckFinds("eyJ.eyJ sig", {});
  CheckFinds("a.b.c", {});
  CheckFinds("...", {});
}

BOOST_AUTO_TEST_CASE(parts_that_overlap_are_all_found) {
  CheckFinds("eyJa.eyJb.eyJc.eyJd", {"eyJa.eyJb.eyJc", "eyJb.eyJc.eyJd"});
}

BOOST_AUTO_TEST_CASE(a_jwt_in_a_token_of_github_is_told_apart) {
  const auto is_part = [](const std::string& before) {
    return IsPartOfGitHubToken(before + "eyJh.eyJi.c", before.size());
  };
  for (const char* before : {"ghs_1_", "a ghs_1234567890_", "x-access-token:ghs_Iv23abc_"}) {
    BOOST_TEST(is_part(before), before);
  }
  for (const char* before : {"", "_", "1_", "ghs_", "ghs__", "hs_1_", "ghs_1", "ghs_1.x_", "ghp_1_",
                             "ghs_12345678901234567890123456789012345678901_"}) {
    BOOST_TEST(!is_part(before), before);
  }
}

BOOST_AUTO_TEST_CASE(hostile_texts_end) {
  std::string starts;
  std::string dots;
  while (starts.size() < 1024 * 1024) starts += "eyJ";
  while (dots.size() < 1024 * 1024) dots += "eyJ.";
  BOOST_TEST(FindJwts(starts).empty());
  BOOST_TEST(FindJwts(starts + "." + starts + "." + starts).size() == 1U);
  BOOST_TEST(FindJwts(dots).size() > 1000U);
  BOOST_TEST(FindJwts(std::string(1024 * 1024, '.')).empty());
}

BOOST_AUTO_TEST_SUITE_END()
