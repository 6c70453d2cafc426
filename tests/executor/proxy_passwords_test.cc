#include "executor/proxy_passwords.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>

using namespace jobwarden;

namespace {

using Texts = std::vector<std::string>;

Texts Passwords(const std::string& url, const char* name = "https_proxy") {
  Environment::Variables variables;
  variables.emplace(name, Secret(url));
  Texts texts;
  for (const Secret& each : ProxyPasswords(Environment(std::move(variables)))) {
    texts.emplace_back(each.view());
  }
  return texts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(proxy_passwords)

BOOST_AUTO_TEST_CASE(password_is_between_the_user_and_the_host) {
  BOOST_TEST((Passwords("http://ci:long-password@proxy:3128/") == Texts{"long-password"}));
  BOOST_TEST((Passwords("socks5h://ci:long-password@[::1]:1080") == Texts{"long-password"}));
  BOOST_TEST((Passwords("ci:long-password@proxy") == Texts{"long-password"}));
  BOOST_TEST((Passwords("http://:long-password@proxy") == Texts{"long-password"}));
  BOOST_TEST((Passwords("http://ci:a:b@long/d@proxy") == Texts{"a:b@long/d"}));
}

BOOST_AUTO_TEST_CASE(encoded_password_is_there_in_both_forms) {
  BOOST_TEST(
      (Passwords("http://ci:p%40ssword%zz%4@proxy") == Texts{"p@ssword%zz%4", "p%40ssword%zz%4"}));
}

BOOST_AUTO_TEST_CASE(short_password_is_there_with_what_is_around_it) {
  BOOST_TEST((Passwords("http://ci:secret@proxy") == Texts{"//ci:secret@"}));
  BOOST_TEST((Passwords("ci:secret@proxy") == Texts{"ci:secret@"}));
}

BOOST_AUTO_TEST_CASE(url_without_a_password_has_none) {
  for (const char* url : {"", "http://proxy:3128", "http://ci@proxy:3128", "proxy:3128", "@", "x@",
                          "http://ci:@proxy", "http://[::1]:3128", "http://ci@[::1]:3128"}) {
    BOOST_TEST(Passwords(url).empty(), url);
  }
}

BOOST_AUTO_TEST_CASE(all_variables_of_proxies_count) {
  const std::string url = "http://ci:long-password@proxy";
  for (const char* name : {"http_proxy", "HTTPS_PROXY", "All_Proxy", "ftp_proxy",
                           "CUSTOM_ENV_HTTPS_PROXY", "npm_config_https_proxy"}) {
    BOOST_TEST((Passwords(url, name) == Texts{"long-password"}), name);
  }
  for (const char* name : {"no_proxy", "NO_PROXY", "CUSTOM_ENV_NO_PROXY", "proxy_url", "PATH"}) {
    BOOST_TEST(Passwords(url, name).empty(), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
