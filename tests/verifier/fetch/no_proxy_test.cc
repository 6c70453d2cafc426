#include "verifier/fetch/no_proxy.h"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string>

using namespace jobwarden;

namespace {

void Expect(bool named, const std::string& url, std::initializer_list<const char*> lists) {
  const auto parsed = ParseUrl(url);
  BOOST_REQUIRE(parsed);
  for (const char* list : lists) {
    BOOST_TEST(IsNamedByNoProxy(list, *parsed) == named, url << " in " << list);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(no_proxy)

BOOST_AUTO_TEST_CASE(hosts_and_domains_are_named) {
  const std::string url = "https://gitlab.example.com/keys";
  Expect(true, url,
         {"*", "example.com", ".example.com", "*.example.com", "EXAMPLE.com", "gitlab.example.com",
          "a,b, gitlab.example.com:443", "x example.com", "x\texample.com", ",,example.com,",
          "example.com.", ".gitlab.example.com", "example.com:443"});
  Expect(false, url,
         {"", ",", ".", "*.", "ample.com", "hub.gitlab.example.com", "example.com:444",
          "example.com:", "example.com:0443", "example.org", "gitlab", "exam*", "*:443", "**",
          "http://example.com"});
  Expect(true, "https://gitlab.example.com./keys", {"example.com", "gitlab.example.com."});
}

BOOST_AUTO_TEST_CASE(a_port_is_the_one_of_the_url) {
  Expect(true, "https://gitlab.example.com:8443/", {"example.com", "example.com:8443"});
  Expect(false, "https://gitlab.example.com:8443/", {"example.com:443", "example.com:84"});
}

BOOST_AUTO_TEST_CASE(ipv4_addresses_and_ranges_are_named) {
  const std::string url = "https://10.1.2.3/keys";
  Expect(true, url,
         {"*", "10.1.2.3", "10.1.2.3:443", "10.0.0.0/8", "10.1.2.0/24", "10.1.2.3/32", "10.9.9.9/8",
          "0.0.0.0/0", "10.0.0.0/15", "192.168.0.0/16,10.0.0.0/8", "10.0.0.0/8:443",
          "::ffff:10.1.2.3"});
  Expect(false, url,
         {"10.1.2.4",
          "10.1.2.3:80",
          "10.2.0.0/16",
          "10.1.2.0/31",
          "11.0.0.0/8",
          "10.0.0.0/33",
          "10.0.0.0/",
          "10.0.0.0/x",
          "10.0.0.0/-8",
          "10.0.0.0/8x",
          "10.0.0.0/ 8",
          "/8",
          "10/8",
          "2.3",
          ".3",
          "1.2.3",
          "*.3",
          "010.1.2.3",
          "::/0",
          "fd00::/8",
          "10.0.0.0/8:80",
          "10.0.0.0/99999999999999999999"});
}

BOOST_AUTO_TEST_CASE(ipv6_addresses_and_ranges_are_named) {
  const std::string url = "https://[2001:db8::443]/keys";
  Expect(true, url,
         {"2001:db8::443", "[2001:db8::443]", "[2001:db8::443]:443", "2001:0DB8:0:0::0443",
          "2001:db8::/32", "[2001:db8::]/32", "[2001:db8::/32]", "[2001:db8::/32]:443", "::/0",
          "2001:db8::443/128", "2001:db8::442/127", "2000::/3"});
  Expect(false, url,
         {"2001:db8:", "2001:db8::442", "[2001:db8::443]:80", "[2001:db8::/32]:80", "2001:db9::/32",
          "2001:db8::/129", "2001:db8::440/127", "4000::/3", "0.0.0.0/0", "443", ":443", "::443",
          "[]", "[", "]", "[]:443"});
}

BOOST_AUTO_TEST_CASE(ipv4_address_in_its_ipv6_form_is_the_same_address) {
  Expect(true, "https://[::ffff:10.1.2.3]/", {"10.1.2.3", "10.0.0.0/8", "::ffff:a01:203"});
  Expect(false, "https://[::ffff:10.1.2.3]/", {"11.0.0.0/8", "::/0"});
}

BOOST_AUTO_TEST_CASE(a_host_that_is_a_name_is_in_no_range) {
  Expect(false, "https://gitlab.example.com/", {"0.0.0.0/0", "::/0", "10.0.0.0/8"});
}

BOOST_AUTO_TEST_SUITE_END()
