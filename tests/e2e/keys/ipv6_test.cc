// Issuers that are reached by IPv6.

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(ipv6)

BOOST_AUTO_TEST_CASE(address_in_the_url) {
  Serving serving;
  serving.host = "[::1]";
  serving.address = "::1";
  FakeIssuer issuer("", serving);
  KeysHost host(issuer.url());
  issuer.SetKeys(host.signer.KeySetJson());
  const ChildResult result = host.Prepare();
  BOOST_TEST(result.exit_code == kAllow, result.log);
  BOOST_TEST(issuer.requests(FakeIssuer::kKeysPath) == 1);
  BOOST_TEST(issuer.LastHeader("Host") == "[::1]:" + std::to_string(issuer.port()));
}

BOOST_AUTO_TEST_CASE(certificate_for_the_address) {
  Serving serving;
  serving.host = "[::1]";
  serving.address = "::1";
  for (const char* name : {"::1", "::2"}) {
    serving.certificate = MakeCertificate(name);
    FakeIssuer issuer("", serving);
    KeysHost host(issuer.url());
    issuer.SetKeys(host.signer.KeySetJson());
    host.Configure("ca_file = \"" + host.folder.Write("ca.pem", serving.certificate->certificate) +
                   "\"");
    const ChildResult result = host.Refresh();
    if (std::string(name) == "::1") {
      BOOST_TEST(result.exit_code == kAllow, result.log);
    } else {
      BOOST_TEST(result.exit_code == kError);
      BOOST_TEST(Has(result.err, "TLS: the certificate of ::1 is for another host"));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
