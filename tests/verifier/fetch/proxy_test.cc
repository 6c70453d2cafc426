#include "verifier/fetch/proxy.h"

#include <boost/test/unit_test.hpp>
#include <map>

using namespace jobwarden;

namespace {

using Variables = std::map<std::string, std::string>;

std::string Chosen(const std::string& url, const Variables& variables,
                   const std::string& setting = "") {
  const auto parsed = ParseUrl(url);
  BOOST_REQUIRE(parsed);
  const auto proxy = ChooseProxy(*parsed, setting, [&](const char* name) {
    const auto at = variables.find(name);
    return at == variables.end() ? "" : at->second;
  });
  if (!proxy) return proxy.findings().front().message;
  if (!*proxy) return "direct";
  const Proxy& chosen = **proxy;
  return chosen.user + (chosen.password.empty() ? "" : ":" + chosen.password) +
         (chosen.user.empty() ? "" : "@") + chosen.host + ":" + std::to_string(chosen.port);
}

constexpr const char* kUrl = "https://gitlab.example.com/keys";

}  // namespace

BOOST_AUTO_TEST_SUITE(proxy)

BOOST_AUTO_TEST_CASE(without_a_setting_and_a_variable_the_way_is_direct) {
  BOOST_TEST(Chosen(kUrl, {}) == "direct");
  BOOST_TEST(Chosen(kUrl, {{"http_proxy", "http://p:1"}}) == "direct");
}

BOOST_AUTO_TEST_CASE(the_setting_goes_before_the_variables) {
  const Variables variables = {{"https_proxy", "http://v:2"}, {"no_proxy", "*"}};
  BOOST_TEST(Chosen(kUrl, variables, "http://s:1") == "s:1");
}

BOOST_AUTO_TEST_CASE(the_variables_are_taken_in_their_order) {
  Variables variables = {{"https_proxy", "http://a:1"},
                         {"HTTPS_PROXY", "http://b:2"},
                         {"all_proxy", "c:3"},
                         {"ALL_PROXY", "http://d:4"}};
  BOOST_TEST(Chosen(kUrl, variables) == "a:1");
  variables.erase("https_proxy");
  BOOST_TEST(Chosen(kUrl, variables) == "b:2");
  variables.erase("HTTPS_PROXY");
  BOOST_TEST(Chosen(kUrl, variables) == "c:3");
  variables.erase("all_proxy");
  BOOST_TEST(Chosen(kUrl, variables) == "d:4");
}

BOOST_AUTO_TEST_CASE(a_host_that_no_proxy_names_is_reached_without_a_proxy) {
  BOOST_TEST(Chosen(kUrl, {{"https_proxy", "http://p:1"}, {"no_proxy", "example.com"}}) ==
             "direct");
  BOOST_TEST(Chosen(kUrl, {{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", "example.com"}}) ==
             "direct");
  BOOST_TEST(Chosen(kUrl, {{"https_proxy", "http://p:1"}, {"no_proxy", "example.org"}}) == "p:1");
}

BOOST_AUTO_TEST_CASE(this_machine_is_reached_without_a_proxy) {
  BOOST_TEST(Chosen("http://127.0.0.1:8/", {{"all_proxy", "http://p:1"}}) == "direct");
  BOOST_TEST(Chosen("https://localhost:8/", {}, "http://p:1") == "direct");
}

BOOST_AUTO_TEST_CASE(a_user_and_a_password_are_decoded) {
  for (const char* text : {"http://me:p%40ss%3a%2F@p:1", "me:p%40ss%3a%2F@p:1"}) {
    BOOST_TEST(Chosen(kUrl, {}, text) == "me:p@ss:/@p:1", text);
    BOOST_TEST(Chosen(kUrl, {{"https_proxy", text}}) == "me:p@ss:/@p:1", text);
  }
  BOOST_TEST(Chosen(kUrl, {}, "http://me@p:1") == "me@p:1");
  BOOST_TEST(Chosen(kUrl, {}, "http://do%6Dain%5Cme:a+b@p:1") == "domain\\me:a+b@p:1");
}

BOOST_AUTO_TEST_CASE(the_last_at_sign_ends_the_password) {
  for (const char* text : {"http://me:p@ss@p:1", "http://me:p@ss@p:1/", "me:p@ss@p:1"}) {
    BOOST_TEST(Chosen(kUrl, {}, text) == "me:p@ss@p:1", text);
    BOOST_TEST(Chosen(kUrl, {{"all_proxy", text}}) == "me:p@ss@p:1", text);
  }
  BOOST_TEST(Chosen(kUrl, {}, "http://me:@@@p:1") == "me:@@@p:1");
  BOOST_TEST(Chosen(kUrl, {}, "http://me@corp:a:b@p:1") == "me@corp:a:b@p:1");
}

BOOST_AUTO_TEST_CASE(a_proxy_may_be_an_ipv6_address_and_have_no_port) {
  BOOST_TEST(Chosen(kUrl, {}, "http://[2001:db8::1]:3128") == "2001:db8::1:3128");
  BOOST_TEST(Chosen(kUrl, {}, "http://me:p@ss@[2001:db8::1]:3128/") == "me:p@ss@2001:db8::1:3128");
  BOOST_TEST(Chosen(kUrl, {}, "http://p") == "p:80");
  BOOST_TEST(Chosen(kUrl, {}, "HTTP://p:1") == "p:1");
}

BOOST_AUTO_TEST_CASE(what_is_no_http_proxy_is_refused_and_not_shown) {
  for (const char* text :
       {"https://me:hunter2@p:1", "socks5://me:hunter2@p:1", "http://",
        "::", "http://me:hunter2@p:x", "http://me:hunter2@", "http://me:hunter2@:1",
        "http://me:hunter2@p:0", "http://me:hunter2@p:65536", "http://me:hunter2@p:-1",
        "http://me:hunter%zz@p:1", "http://[::1:1", "http://me:hunter#2@p:1",
        "http://me:hunter2@p q:1", "http://me:hunter2@2001:db8::1:3128"}) {
    BOOST_TEST(Chosen(kUrl, {}, text) == "proxy: expected http://USER:PASSWORD@HOST:PORT", text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
