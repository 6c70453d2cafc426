#include "executor/received/git_config.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

constexpr char kToken[] = "glcbt-64_0123456789abcdef0123";
const std::string kWithToken = "https://gitlab-ci-token:" + std::string(kToken) + "@gitlab.example";

std::string Without(std::string_view config) {
  return WithoutGitCredentials(config, kToken, TokenElsewhere::kRefused).value_or("nothing");
}

// What comes before the helper's section.
std::string UrlsWithout(std::string_view config) {
  const std::string rest = Without(config);
  return rest.substr(0, rest.find("[credential "));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(git_config)

BOOST_AUTO_TEST_CASE(a_remote_loses_user_and_password_and_keeps_all_else) {
  BOOST_TEST(UrlsWithout("# c\n[remote \"origin\"]\n\turl = " + kWithToken +
                         "/shop/app.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n") ==
             "# c\n[remote \"origin\"]\n\turl = https://gitlab.example/shop/app.git\n"
             "\tfetch = +refs/heads/*:refs/remotes/origin/*\n");
}

BOOST_AUTO_TEST_CASE(a_mapping_of_urls_goes_on_to_the_same_server) {
  BOOST_TEST(UrlsWithout("[url \"" + kWithToken + "/\"]\n\tinsteadOf = git@gitlab.example:\n") ==
             "[url \"https://gitlab.example/\"]\n\tinsteadOf = git@gitlab.example:\n");
}

BOOST_AUTO_TEST_CASE(the_token_is_found_however_it_is_encoded) {
  for (const char* userinfo :
       {"x:glcbt%2D64_0123456789abcdef0123", "glcbt-64%5f0123456789abcdef0123",
        "glcbt-64_0123456789abcdef0123:x-oauth-basic", "a:b@glcbt-64_0123456789abcdef0123"}) {
    BOOST_TEST_CONTEXT(userinfo) {
      BOOST_TEST(UrlsWithout("url = https://" + std::string(userinfo) + "@h:8080/p\n") ==
                 "url = https://h:8080/p\n");
    }
  }
}

BOOST_AUTO_TEST_CASE(other_credentials_stay) {
  const std::string other = "url = https://kim:secret@gitlab.example/p\n";
  BOOST_TEST(Without(other) == other);
  BOOST_TEST(UrlsWithout(other + "url = " + kWithToken + "/q\n") ==
             other + "url = https://gitlab.example/q\n");
}

BOOST_AUTO_TEST_CASE(a_file_without_the_token_stays_as_it_is) {
  for (const char* text : {"", "[core]\n", "no newline", "url = https://h/p", "://@", "%", "%4"}) {
    BOOST_TEST(Without(text) == text);
  }
}

BOOST_AUTO_TEST_CASE(a_token_that_is_in_no_url_is_refused) {
  const std::string token = kToken;
  for (const std::string& text :
       {"[http]\n\textraHeader = PRIVATE-TOKEN: " + token + "\n",
        "url = https://h/p?private_token=" + token, "url = https://h/" + token + "@x", "# " + token,
        std::string("x = glcbt%2d64_0123456789abcdef0123"), "url = https://" + token + " @h",
        "url = " + kWithToken + "/p\n# " + token}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(Without(text) == "nothing");
    }
  }
}

BOOST_AUTO_TEST_CASE(what_a_job_gave_to_git_itself_stays_and_urls_lose_theirs) {
  const std::string header = "[http]\n\textraHeader = PRIVATE-TOKEN: " + std::string(kToken) + "\n";
  const auto rest = WithoutGitCredentials(header + "[a]\n\turl = " + kWithToken + "/p\n", kToken,
                                          TokenElsewhere::kStays);
  BOOST_REQUIRE(rest);
  BOOST_TEST(rest->starts_with(header + "[a]\n\turl = https://gitlab.example/p\n[credential "),
             *rest);
}

BOOST_AUTO_TEST_CASE(each_http_server_gets_one_helper) {
  const std::string rest = Without("url = " + kWithToken + "/a\nurl = " + kWithToken +
                                   "/b\nurl = http://u:" + std::string(kToken) +
                                   "@10.0.0.1:80/c\nurl = ssh://u:" + std::string(kToken) + "@h/d");
  std::size_t sections = 0;
  for (auto at = rest.find("\n[credential "); at != std::string::npos;
       at = rest.find("\n[credential ", at + 1)) {
    ++sections;
  }
  BOOST_TEST(sections == 2U);
  BOOST_TEST(rest.find("\n[credential \"https://gitlab.example\"]\n") != std::string::npos);
  BOOST_TEST(rest.find("\n[credential \"http://10.0.0.1:80\"]\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_helper_that_is_there_is_not_added_again) {
  const std::string once = Without(
      "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = " + kWithToken + "/shop/app.git\n");
  std::string again = once;
  again.replace(again.find("https://gitlab.example/shop"), 22, kWithToken);
  BOOST_REQUIRE(again.find(kToken) != std::string::npos);
  BOOST_TEST(Without(again) == once);
}

BOOST_AUTO_TEST_SUITE_END()
