#include "verifier/config/url.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace jobwarden;

namespace {

void Accept(UrlUse use, const std::vector<std::string>& urls) {
  for (const auto& url : urls) BOOST_TEST(UrlProblem(url, use) == "", url);
}

void Refuse(UrlUse use, const std::vector<std::string>& urls) {
  for (const auto& url : urls) BOOST_TEST(UrlProblem(url, use) != "", url);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(url)

BOOST_AUTO_TEST_CASE(issuers_are_https_anywhere) {
  Accept(UrlUse::kIssuer,
         {"https://gitlab.example.com", "https://gitlab.example.com/ci",
          "https://gitlab.example.com:8443", "https://192.0.2.1", "https://git_lab",
          "https://[2001:db8::1]:443/x", "https://h:65535", "https://h:1"});
}

BOOST_AUTO_TEST_CASE(http_is_plain_unless_it_stays_on_this_machine) {
  for (const char* url :
       {"http://127.0.0.1", "http://127.0.0.1:8080/x", "http://127.255.0.9", "http://localhost:80",
        "http://[::1]:8080", "http://[::1]", "https://gitlab.example.com", "https://http://x"}) {
    BOOST_TEST(!IsPlainHttp(url), url);
  }
  const auto plain = {"http://gitlab.example.com",
                      "http://127.evil.example",
                      "http://127.0.0.1.evil.example",
                      "http://127.0.0",
                      "http://127.0.0.256",
                      "http://127.0.0.01",
                      "http://127.0.0.1.",
                      "http://127.0.0.0.1",
                      "http://localhost.evil.example",
                      "http://128.0.0.1",
                      "http://[::2]:80",
                      "http://[::ffff:127.0.0.1]",
                      "http://gitlab.example.com:8080/ci"};
  for (const char* url : plain) BOOST_TEST(IsPlainHttp(url), url);
  Accept(UrlUse::kIssuer, {"http://gitlab.example.com", "http://127.0.0.1:8080"});
  Refuse(UrlUse::kKeySet, {"http://gitlab.example.com/keys", "http://127.0.0.1@evil.example"});
  Refuse(UrlUse::kIssuer, {"http://127.0.0.1@evil.example"});
}

BOOST_AUTO_TEST_CASE(issuers_are_plain) {
  Refuse(UrlUse::kIssuer, {"",
                           "https",
                           "https:",
                           "https://",
                           "https:///x",
                           "https://:80",
                           "gitlab.example.com",
                           "ftp://x",
                           "HTTPS://x",
                           " https://x",
                           "https://x ",
                           "https://x\n",
                           "https://x/ y",
                           "https://x?",
                           "https://x/?a=b",
                           "https://x#f",
                           "https://u@x",
                           "https://u:p@x",
                           "https://x:",
                           "https://x:0",
                           "https://x:00",
                           "https://x:65536",
                           "https://x:+1",
                           "https://x:080",
                           "https://x:8a",
                           "https://\xc3\xbc.example",
                           "https://x\\y",
                           "https://[::1",
                           "https://::1",
                           "https://[]",
                           "https://[x]",
                           "https://[::1]x",
                           "https://a,b",
                           "https://%41"});
}

BOOST_AUTO_TEST_CASE(key_sets_may_have_a_query) {
  Accept(UrlUse::kKeySet, {"https://x/keys?v=1", "http://127.0.0.1/keys"});
  Refuse(UrlUse::kKeySet, {"http://x/keys", "https://x/keys#f", "https://u@x/keys"});
}

BOOST_AUTO_TEST_CASE(servers_may_be_http_anywhere) {
  Accept(UrlUse::kServer, {"http://gitlab.internal", "https://gitlab.internal/ci"});
  Refuse(UrlUse::kServer, {"gitlab.internal", "http://x?y", "http://u@x"});
}

BOOST_AUTO_TEST_CASE(proxies_are_http_and_may_have_a_password) {
  Accept(UrlUse::kProxy, {"http://proxy:3128", "http://proxy:3128/", "http://proxy",
                          "http://user:pass@proxy:3128"});
  Refuse(UrlUse::kProxy,
         {"https://proxy", "proxy:3128", "http://proxy/x", "http://proxy?x", "http://u@/x@y"});
}

BOOST_AUTO_TEST_CASE(a_password_is_never_repeated) {
  for (const UrlUse use : {UrlUse::kIssuer, UrlUse::kKeySet, UrlUse::kServer, UrlUse::kProxy}) {
    for (const char* text :
         {"https://user:hunter2@x", "http://user:hunter2@x/path?q#f", "http://user:hunter2@",
          "user:hunter2@x", "http://x/hunter2@y", "http://user:hunter2 @x"}) {
      const std::string problem = UrlProblem(text, use);
      BOOST_TEST(problem != "", text);
      BOOST_TEST(problem.find("hunter2") == std::string::npos, problem);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
