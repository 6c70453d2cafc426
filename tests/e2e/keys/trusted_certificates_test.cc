// Whose certificates are trusted: ca_file, SSL_CERT_FILE and SSL_CERT_DIR of the environment, and
// never what a job says.

#include <filesystem>

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;

namespace {

constexpr const char* kUntrusted =
    "TLS: the certificate of localhost leads to no authority that is trusted";

// An issuer with a certificate of an authority that another one vouches for.
struct Fixture {
  Certificate root = MakeAuthority();
  Certificate issuing = MakeAuthority(-3600, 3600, &root);
  Certificate own = MakeCertificate("localhost", -3600, 3600, &issuing);
  FakeIssuer issuer{"", {own, "localhost"}};
  KeysHost host{issuer.url()};

  Fixture() { issuer.SetKeys(host.signer.KeySetJson()); }

  std::string File(const Certificate& trusted) const {
    return host.folder.Write("trusted.pem", trusted.certificate);
  }

  // Each program that fetches keys does it.
  void Accepted() const {
    for (int i = 0; i < 3; ++i) {
      host.ForgetAll();
      const ChildResult result = i == 0 ? host.Refresh() : i == 1 ? host.Verify() : host.Prepare();
      BOOST_TEST(result.exit_code == kAllow, result.log);
    }
  }

  void Refused(const std::string& cause) const {
    for (int i = 0; i < 3; ++i) {
      host.ForgetAll();
      const ChildResult result = i == 0 ? host.Refresh() : i == 1 ? host.Verify() : host.Prepare();
      BOOST_TEST(result.exit_code == (i == 2 ? kSystemFailure : kError), result.log);
      BOOST_TEST(Has(result.log, cause));
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(trusted_certificates, Fixture)

BOOST_AUTO_TEST_CASE(ca_file_may_hold_the_issuing_authority_or_the_server_s_own_certificate) {
  for (const Certificate& trusted : {issuing, own}) {
    host.Configure("ca_file = \"" + File(trusted) + "\"");
    Accepted();
  }
  for (const Certificate& other :
       {MakeAuthority(), MakeCertificate("localhost", -3600, 3600, &issuing)}) {
    host.Configure("ca_file = \"" + File(other) + "\"");
    Refused(kUntrusted);
  }
}

BOOST_AUTO_TEST_CASE(environment_of_the_runner_names_trusted_certificates) {
  Refused(kUntrusted);
  host.environment = {{"SSL_CERT_FILE", File(issuing)}};
  Accepted();
  std::filesystem::create_directory(host.folder / "certs");
  host.folder.Write("certs/" + HashedName(issuing), issuing.certificate);
  host.environment = {{"SSL_CERT_DIR", host.folder / "certs"}};
  Accepted();
  host.environment = {{"SSL_CERT_FILE", host.folder / "absent.pem"}};
  Refused("TLS: no certificates can be read from SSL_CERT_FILE \"" + (host.folder / "absent.pem"));
  host.environment = {{"SSL_CERT_FILE", "trusted.pem"}};
  Refused("TLS: SSL_CERT_FILE: expected an absolute path, got \"trusted.pem\"");
}

BOOST_AUTO_TEST_CASE(job_names_no_trusted_certificates) {
  ChildOptions call = host.PrepareCall(host.signer);
  call.environment["CUSTOM_ENV_SSL_CERT_FILE"] = File(issuing);
  const ChildResult result = RunChild(call);
  BOOST_TEST(result.exit_code == kSystemFailure, result.log);
  BOOST_TEST(Has(result.log, kUntrusted));
}

BOOST_AUTO_TEST_SUITE_END()
