#include "verifier/fetch/url.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

std::string Shown(const Result<Url>& url) {
  if (!url) return url.findings().front().message;
  return (url->secure ? "tls " : "plain ") + url->Authority() + " " + url->target;
}

std::string Parsed(std::string_view text) {
  return Shown(ParseUrl(text));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(url)

BOOST_AUTO_TEST_CASE(a_url_is_taken_apart) {
  BOOST_TEST(Parsed("https://gitlab.example.com") == "tls gitlab.example.com:443 /");
  BOOST_TEST(Parsed("https://GitLab.example.com:8443/a/b?c=d%20e") ==
             "tls gitlab.example.com:8443 /a/b?c=d%20e");
  BOOST_TEST(Parsed("https://[2001:db8::1]/keys") == "tls [2001:db8::1]:443 /keys");
}

BOOST_AUTO_TEST_CASE(http_is_for_loopback_alone) {
  BOOST_TEST(Parsed("http://127.0.0.1:8080/x") == "plain 127.0.0.1:8080 /x");
  BOOST_TEST(Parsed("http://localhost/x") == "plain localhost:80 /x");
  BOOST_TEST(Parsed("http://[::1]/x") == "plain [::1]:80 /x");
  for (const char* text :
       {"http://gitlab.example.com/x", "http://localhost.example.com/", "http://127.0.0.1.nip.io/",
        "http://0.0.0.0/", "http://10.0.0.1/", "http://[::ffff:10.0.0.1]/"}) {
    BOOST_TEST(
        Parsed(text).find("expected https, http is for this machine alone") != std::string::npos,
        text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_url_for_us_is_refused) {
  for (const char* text :
       {"", "gitlab.example.com", "/keys", "//host/keys", "ftp://host/keys", "file:///etc/passwd",
        "https://", "https:///keys", "https://host:0/", "https://host:99999/", "https://host/a b",
        "https://host/\r\nX: y", "https://host/\x80", "https://ho\"st/", "javascript:alert(1)"}) {
    BOOST_TEST(!ParseUrl(text), text);
  }
  BOOST_TEST(!ParseUrl("https://host/" + std::string(2048, 'x')));
}

BOOST_AUTO_TEST_CASE(a_url_with_a_password_is_refused_and_not_shown) {
  const std::string message = Parsed("https://user:hunter2@gitlab.example.com/");
  BOOST_TEST(message == "a URL with a user name in it is refused");
}

BOOST_AUTO_TEST_CASE(a_query_is_not_shown_because_it_may_sign_the_address) {
  BOOST_TEST(jobwarden::WithoutQuery("https://host/p?X-Signature=abc&b=?") == "https://host/p?...");
  BOOST_TEST(jobwarden::WithoutQuery("https://host/p") == "https://host/p");
  BOOST_TEST(Parsed("ftp://host/p?hunter2").find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_location_is_resolved_against_where_it_was_given) {
  const auto base = ParseUrl("https://gitlab.example.com/a/b?c");
  BOOST_REQUIRE(base);
  BOOST_TEST(Shown(ResolveUrl(*base, "/keys")) == "tls gitlab.example.com:443 /keys");
  BOOST_TEST(Shown(ResolveUrl(*base, "keys")) == "tls gitlab.example.com:443 /a/keys");
  const auto other = ResolveUrl(*base, "https://gitlab.example.com:444/keys");
  BOOST_REQUIRE(other);
  BOOST_TEST(!other->SameOrigin(*base));
  BOOST_TEST(!ResolveUrl(*base, "http://gitlab.example.com/keys"));
  BOOST_TEST(!ResolveUrl(*base, "\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
