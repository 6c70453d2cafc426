// Issuers behind a proxy: CONNECT, basic authentication, and when there is none.

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/raw_server.h"

using namespace jobwarden::testing;
using Poco::Net::StreamSocket;

namespace {

// An issuer whose name only the proxy knows, and the proxy.
struct Fixture {
  Certificate certificate = MakeCertificate("issuer.test");
  FakeIssuer issuer{"", {certificate, "issuer.test"}};
  KeysHost host{issuer.url()};
  std::string status = "200 OK";
  std::string asked;
  std::atomic<int> connections = 0;
  RawServer proxy{[this](StreamSocket& socket, const RawServer& self) {
    asked = ReadHeader(socket);
    ++connections;
    SendText(socket, "HTTP/1.1 " + status + "\r\n\r\n");
    if (status.starts_with("407")) return;
    StreamSocket behind(Poco::Net::SocketAddress("127.0.0.1", issuer.port()));
    Relay(socket, behind, self);
  }};

  Fixture() {
    issuer.SetKeys(host.signer.KeySetJson());
    host.folder.Write("ca.pem", certificate.certificate);
    Configure();
  }

  void Configure(const std::string& settings = "") {
    host.Configure("ca_file = \"" + (host.folder / "ca.pem") + "\"\n" + settings);
  }
  std::string Url(const std::string& user = "") const {
    return "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(proxies, Fixture)

BOOST_AUTO_TEST_CASE(proxy_of_the_configuration_is_asked_with_user_and_password) {
  Configure("proxy = \"" + Url("me:s%3Acret@") + "\"");
  const ChildResult result = host.Prepare();
  BOOST_TEST(result.exit_code == kAllow, result.log);
  BOOST_TEST(Has(asked, "CONNECT issuer.test:" + std::to_string(issuer.port()) + " HTTP/1.1\r\n"));
  BOOST_TEST(Has(asked, "Proxy-Authorization: Basic bWU6czpjcmV0\r\n"));  // me:s:cret
  BOOST_TEST(connections == 2);                                           // discovery, key set
  BOOST_TEST(issuer.requests() == 2);
}

BOOST_AUTO_TEST_CASE(password_with_an_at_sign_is_whole_wherever_the_proxy_is_named) {
  Configure("proxy = \"" + Url("me:s@cr@t@") + "\"");
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  const std::string credentials = "Proxy-Authorization: Basic bWU6c0BjckB0\r\n";  // me:s@cr@t
  BOOST_TEST(Has(asked, credentials));
  Configure();
  for (const char* user : {"me:s@cr@t@", "me:s%40cr%40t@"}) {
    asked.clear();
    host.ForgetAll();
    host.environment = {{"https_proxy", Url(user)}};
    const ChildResult result = host.Prepare();
    BOOST_TEST(result.exit_code == kAllow, result.log);
    BOOST_TEST(Has(asked, credentials));
  }
}

BOOST_AUTO_TEST_CASE(proxy_that_answers_201_has_opened_the_tunnel) {
  Configure("proxy = \"" + Url() + "\"");
  status = "201 Created";
  BOOST_TEST(host.Prepare().exit_code == kAllow);
  host.ForgetAll();
  status = "103 Early Hints\r\n\r\nHTTP/1.1 200 OK";
  BOOST_TEST(host.Prepare().exit_code == kAllow);
  BOOST_TEST(connections == 4);
}

BOOST_AUTO_TEST_CASE(proxy_of_the_environment_is_asked) {
  host.environment = {{"https_proxy", Url()}};
  BOOST_TEST(host.Refresh().exit_code == kAllow);
  BOOST_TEST(Lacks(asked, "Authorization"));
  host.ForgetAll();
  BOOST_TEST(host.Verify().exit_code == kAllow);
  host.ForgetAll();
  BOOST_TEST(host.Prepare().exit_code == kAllow);
  BOOST_TEST(connections == 6);
}

BOOST_AUTO_TEST_CASE(proxy_that_the_job_names_is_not_asked) {
  ChildOptions call = host.PrepareCall(host.signer);
  for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy"}) {
    call.environment["CUSTOM_ENV_" + std::string(name)] = Url();
  }
  const ChildResult result = RunChild(call);
  BOOST_TEST(result.exit_code == kSystemFailure);
  BOOST_TEST(Has(result.log, "no address is known for host \"issuer.test\""));
  BOOST_TEST(connections == 0);
}

BOOST_AUTO_TEST_CASE(host_that_no_proxy_names_is_reached_without_one) {
  host.environment = {{"https_proxy", Url()}, {"no_proxy", "localhost,.test"}};
  const ChildResult result = host.Refresh();
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "no address is known for host \"issuer.test\""));
  BOOST_TEST(connections == 0);
}

// Addresses that nobody has (RFC 5737, RFC 3849).
BOOST_AUTO_TEST_CASE(address_in_a_range_that_no_proxy_names_is_reached_without_one) {
  for (const auto& [address, inside, outside] :
       {std::tuple("192.0.2.7", "10.0.0.0/8,192.0.2.0/24", "192.0.2.0/30"),
        std::tuple("[2001:db8::7]", "fd00::/8 2001:db8::/32", "2001:db8::/126")}) {
    const std::string name = address[0] == '[' ? "2001:db8::7" : address;
    const Certificate own = MakeCertificate(name);
    FakeIssuer addressed("", {own, address});

    std::atomic<int> asked_here = 0;
    const RawServer here([&](StreamSocket& socket, const RawServer& self) {
      ++asked_here;
      BOOST_TEST(Has(ReadHeader(socket), "CONNECT " + std::string(address) + ":"));
      SendText(socket, "HTTP/1.1 200 OK\r\n\r\n");
      StreamSocket behind(Poco::Net::SocketAddress("127.0.0.1", addressed.port()));
      Relay(socket, behind, self);
    });
    const std::string way = "http://127.0.0.1:" + std::to_string(here.port());
    KeysHost there(addressed.url());
    addressed.SetKeys(there.signer.KeySetJson());
    // Nothing says that the address is unreachable: one second is enough to know.
    there.Configure("timeout = \"1s\"\nca_file = \"" +
                    there.folder.Write("ca.pem", own.certificate) + "\"");
    there.environment = {{"https_proxy", way}, {"no_proxy", inside}};
    BOOST_TEST(there.Refresh().exit_code == kError);
    BOOST_TEST(asked_here == 0);
    there.environment["no_proxy"] = outside;
    there.Configure("ca_file = \"" + (there.folder / "ca.pem") + "\"");
    const ChildResult result = there.Prepare();
    BOOST_TEST(result.exit_code == kAllow, result.log);
    BOOST_TEST(asked_here == 2);
  }
}

BOOST_AUTO_TEST_CASE(proxy_that_refuses_is_named_without_its_password) {
  Configure("proxy = \"" + Url("me:hunter2@") + "\"");
  status = "407 Proxy Authentication Required";
  const std::string cause = "the proxy 127.0.0.1:" + std::to_string(proxy.port()) + " answered 407";
  for (const ChildResult& result : {host.Refresh(), host.Verify(), host.Prepare()}) {
    BOOST_TEST((result.exit_code == kError || result.exit_code == kSystemFailure));
    BOOST_TEST(Has(result.log, cause));
    BOOST_TEST(Lacks(result.log, "hunter2"));
    BOOST_TEST(Lacks(result.log, "aHVudGVyMg"));
    host.ForgetAttempt();
  }
  BOOST_TEST(Lacks(Slurp(host.folder / "state/keys/gitlab.lock"), "hunter2"));
  BOOST_TEST(issuer.requests() == 0);
}

BOOST_AUTO_TEST_CASE(proxy_that_is_down_is_named) {
  std::string nobody = UrlOfNobody();
  Configure("proxy = \"" + nobody + "\"");
  const ChildResult result = host.Refresh();
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "connection refused by " + nobody.substr(7)));
}

BOOST_AUTO_TEST_CASE(certificate_behind_a_proxy_is_checked_for_the_issuer_s_name) {
  Configure("proxy = \"" + Url() + "\"");
  host.folder.Write("ca.pem", MakeCertificate("issuer.test").certificate);
  const ChildResult result = host.Refresh();
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "TLS: the certificate of issuer.test leads to no authority"));
  BOOST_TEST(issuer.requests() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
