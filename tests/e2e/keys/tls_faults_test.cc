// TLS that cannot be trusted, with certificates that are made here.

#include "tests/e2e/keys/fault.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/raw_server.h"

using namespace jobwarden::testing;

namespace {

constexpr long kHour = 3600;

// A trusted authority, and a place where a good issuer's keys once were.
struct Fixture {
  Certificate authority = MakeAuthority();
  FakeIssuer once;  // tells where the keys are, and has them as long as all is well
  KeysHost host{once.url()};

  Fixture() {
    once.SetKeys(host.signer.KeySetJson());
    Trust(authority);
  }

  void Trust(const Certificate& trusted) {
    host.Configure("ca_file = \"" + host.folder.Write("ca.pem", trusted.certificate) + "\"");
  }

  void At(const std::string& keys_url) {
    once.SetDiscovery(R"({"issuer":")" + once.url() + R"(","jwks_uri":")" + keys_url + R"("})");
  }

  // The keys have moved to `keys_url`, where `requests` counts.
  void Refused(const std::string& keys_url, const std::string& cause,
               const std::function<int()>& requests) {
    host.ForgetAll();
    At(keys_url);
    PlayFault(
        host, {"\"" + keys_url + "\": TLS: " + cause, requests, 0}, [&] { At(keys_url); },
        [&] { At(once.keys_url()); });
  }

  void Refused(const Serving& serving, const std::string& cause) {
    FakeIssuer issuer("", serving);
    issuer.SetKeys(host.signer.KeySetJson());
    Refused(issuer.keys_url(), cause, [&] { return issuer.requests(); });
  }

  Certificate For(const std::string& name, long begin = -kHour, long end = kHour) const {
    return MakeCertificate(name, begin, end, &authority);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls_faults, Fixture)

BOOST_AUTO_TEST_CASE(certificate_of_a_trusted_authority_is_accepted) {
  FakeIssuer issuer("", {For("localhost"), "localhost"});
  issuer.SetKeys(host.signer.KeySetJson());
  At(issuer.keys_url());
  const ChildResult result = host.Prepare();
  BOOST_TEST(result.exit_code == kAllow, result.log);
  BOOST_TEST(issuer.requests() == 1);
}

BOOST_AUTO_TEST_CASE(certificate_that_has_expired) {
  Refused({For("localhost", -2 * kHour, -kHour), "localhost"},
          "the certificate of localhost has expired");
}

BOOST_AUTO_TEST_CASE(certificate_that_is_not_yet_valid) {
  Refused({For("localhost", kHour, 2 * kHour), "localhost"},
          "the certificate of localhost is not yet valid");
}

BOOST_AUTO_TEST_CASE(certificate_for_another_host) {
  Refused({For("gitlab.example.com"), "localhost"},
          "the certificate of localhost is for another host");
}

BOOST_AUTO_TEST_CASE(certificate_of_an_unknown_authority) {
  const Certificate unknown = MakeAuthority();
  Refused({MakeCertificate("localhost", -kHour, kHour, &unknown), "localhost"},
          "the certificate of localhost leads to no authority that is trusted");
  Refused({MakeCertificate("localhost"), "localhost"},
          "the certificate of localhost leads to no authority that is trusted");
}

BOOST_AUTO_TEST_CASE(authority_that_has_expired) {
  authority = MakeAuthority(-2 * kHour, -kHour);
  Trust(authority);
  Refused({For("localhost"), "localhost"},
          "an authority's certificate on the way to localhost has expired");
}

BOOST_AUTO_TEST_CASE(server_that_has_nothing_newer_than_tls_1_1) {
  Serving serving{For("localhost"), "localhost"};
  serving.tls_1_1_only = true;
  Refused(serving, "localhost offers nothing newer than TLS 1.1");
}

BOOST_AUTO_TEST_CASE(server_that_speaks_plain_http_there) {
  std::atomic<int> requests = 0;
  const RawServer plain([&](Poco::Net::StreamSocket& socket, const RawServer&) {
    SendText(socket, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    requests += ReadHeader(socket).find("GET ") == std::string::npos ? 0 : 1;
  });
  Refused("https://localhost:" + std::to_string(plain.port()) + "/keys",
          "localhost does not speak TLS on this port", [&] { return requests.load(); });
}

BOOST_AUTO_TEST_CASE(keys_that_an_https_issuer_says_lie_on_http) {
  FakeIssuer issuer("", {For("localhost"), "localhost"});
  host.url = issuer.url();
  Trust(authority);
  const auto mend = [&] {
    issuer.SetKeys(host.signer.KeySetJson());
    issuer.SetDiscovery(R"({"issuer":")" + issuer.url() + R"(","jwks_uri":")" + issuer.keys_url() +
                        R"("})");
  };
  const auto spoil = [&] {
    issuer.SetDiscovery(R"({"issuer":")" + issuer.url() + R"(","jwks_uri":")" + once.keys_url() +
                        R"("})");
  };
  spoil();
  PlayFault(host,
            {"jwks_uri: expected https, got \"" + once.keys_url() + "\"",
             [&] { return issuer.requests(); }},
            spoil, mend);
  BOOST_TEST(once.requests() == 0);
}

BOOST_AUTO_TEST_CASE(redirect_from_https_to_http) {
  FakeIssuer issuer("", {For("localhost"), "localhost"});
  host.url = issuer.url();
  Trust(authority);
  const std::string place = "http://localhost:" + std::to_string(issuer.port()) + "/keys";
  const auto mend = [&] {
    issuer.SetKeys(host.signer.KeySetJson());
    issuer.SetAnswer(FakeIssuer::kKeysPath, std::nullopt);
  };
  const auto spoil = [&] {
    issuer.SetAnswer(FakeIssuer::kKeysPath,
                     Answer{.status = 301, .headers = {{"Location", place}}});
  };
  spoil();
  PlayFault(host,
            {"redirects to \"" + place + "\", another scheme, host or port",
             [&] { return issuer.requests(); }, 2},
            spoil, mend);
}

BOOST_AUTO_TEST_SUITE_END()
