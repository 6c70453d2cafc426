// Issuers that answer badly, or not at all: the last good key set is kept and used for a while, and
// the cause is said in words.

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>

#include "tests/e2e/keys/fault.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;

namespace {

constexpr const char* kDiscovery = FakeIssuer::kDiscoveryPath;
constexpr const char* kKeys = FakeIssuer::kKeysPath;

struct Fixture {
  FakeIssuer issuer;
  KeysHost host{issuer.url()};

  // What `path` answers with. `cause` follows its URL.
  void Answers(const std::string& path, const Answer& answer, const std::string& cause,
               int costs = 2) {
    const auto spoil = [&] { issuer.SetAnswer(path, answer); };
    const auto mend = [&] {
      for (const char* each : {kDiscovery, kKeys}) issuer.SetAnswer(each, std::nullopt);
      issuer.SetKeys(host.signer.KeySetJson());
    };
    host.ForgetAll();
    mend();
    spoil();
    PlayFault(
        host,
        {"\"" + issuer.url() + path + "\": " + cause, [&] { return issuer.requests(); }, costs},
        spoil, mend);
  }

  // The keys have moved to where they cannot be had.
  void Elsewhere(const std::string& keys_url, const std::string& cause) {
    issuer.SetKeys(host.signer.KeySetJson());
    const auto at = [&](const std::string& place) {
      issuer.SetDiscovery(R"({"issuer":")" + issuer.url() + R"(","jwks_uri":")" + place + R"("})");
    };
    at(keys_url);
    PlayFault(
        host, {"\"" + keys_url + "\": " + cause, [&] { return issuer.requests(); }},
        [&] { at(keys_url); }, [&] { at(issuer.keys_url()); });
  }

  void Discovers(const std::string& keys_url, const std::string& cause) {
    Answers(kDiscovery,
            {.body = R"({"issuer":")" + issuer.url() + R"(","jwks_uri":")" + keys_url + R"("})"},
            cause, 1);
  }
};

Answer Redirect(const std::string& location) {
  return {.status = 302, .headers = {{"Location", location}}};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(faults, Fixture)

BOOST_AUTO_TEST_CASE(port_where_nobody_listens) {
  // Held, so that nobody else gets it meanwhile.
  Poco::Net::ServerSocket deaf;
  deaf.bind(Poco::Net::SocketAddress("127.0.0.1", 0));
  const std::string place = deaf.address().toString();
  Elsewhere("http://" + place + "/keys", "connection refused by " + place);
}

BOOST_AUTO_TEST_CASE(host_that_no_name_server_knows) {
  Elsewhere("https://gitlab.invalid/keys", "no address is known for host \"gitlab.invalid\"");
}

BOOST_AUTO_TEST_CASE(answers_of_the_4xx_and_the_5xx_kind) {
  Answers(kDiscovery, {.status = 404}, "answered 404", 1);
  Answers(kKeys, {.status = 403}, "answered 403");
  Answers(kKeys, {.status = 500}, "answered 500");
}

BOOST_AUTO_TEST_CASE(body_that_is_cut_short) {
  Answers(kKeys, {.body = R"({"keys":[)", .headers = {{"Content-Length", "90"}}},
          "the answer broke off after 9 bytes");
}

BOOST_AUTO_TEST_CASE(content_that_is_no_key_set) {
  Answers(kKeys, {.body = "<html>maintenance</html>"}, "not valid JSON near byte 1");
  Answers(kKeys, {.body = "[]"}, "expected an object with an array keys");
  Answers(kDiscovery, {.body = "<html>sign in</html>"}, "not valid JSON near byte 1", 1);
}

BOOST_AUTO_TEST_CASE(key_set_that_is_empty) {
  Answers(kKeys, {.body = R"({"keys":[]})"}, "no key in it can be used, it is empty");
}

BOOST_AUTO_TEST_CASE(key_set_of_2_mib) {
  Answers(kKeys, {.body = R"({"keys":[)" + std::string(2 << 20, ' ') + "]}"},
          "answered with more than 1048576 bytes");
}

BOOST_AUTO_TEST_CASE(redirects_without_an_end) {
  Answers(kKeys, Redirect(issuer.keys_url()), "more than 3 redirects", 1 + 4);
}

BOOST_AUTO_TEST_CASE(redirect_to_another_host) {
  FakeIssuer other;
  other.SetKeys(host.signer.KeySetJson());
  Answers(kKeys, Redirect(other.keys_url()),
          "redirects to \"" + other.keys_url() + "\", another scheme, host or port");
  Answers(kKeys, Redirect("https://evil.example/keys"),
          "redirects to \"https://evil.example/keys\", another scheme, host or port");
  BOOST_TEST(other.requests() == 0);
}

BOOST_AUTO_TEST_CASE(discovery_of_another_issuer) {
  Answers(
      kDiscovery,
      {.body = R"({"issuer":"https://evil.example","jwks_uri":")" + issuer.keys_url() + R"("})"},
      "issuer: expected \"" + issuer.url() + "\", got \"https://evil.example\"", 1);
}

BOOST_AUTO_TEST_CASE(discovered_place_that_is_not_https) {
  Discovers("http://gitlab.example.com/keys",
            "jwks_uri: \"http://gitlab.example.com/keys\": expected https, http is for this "
            "machine alone");
  Discovers("file:///etc/passwd", "jwks_uri: \"file:///etc/passwd\": expected an https URL");
  Discovers("gopher://127.0.0.1/keys",
            "jwks_uri: \"gopher://127.0.0.1/keys\": expected an https URL");
}

BOOST_AUTO_TEST_SUITE_END()
