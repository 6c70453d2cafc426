#include <boost/test/unit_test.hpp>
#include <memory>
#include <optional>

#include "tests/support/fake_issuer.h"
#include "tests/support/raw_server.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "verifier/fetch/refresh.h"

using namespace jobwarden;
using jobwarden::testing::Certificate;
using jobwarden::testing::FakeIssuer;
using jobwarden::testing::MakeCertificate;
using jobwarden::testing::RawServer;
using jobwarden::testing::Serving;
using jobwarden::testing::Signer;
using jobwarden::testing::TempFolder;
using Poco::Net::StreamSocket;

namespace {

constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'790'000'000)};

struct Fixture {
  TempFolder folder;
  std::unique_ptr<FakeIssuer> server;
  Issuer issuer;

  // An issuer that has this certificate and is known by it.
  void Start(const Certificate& certificate, const std::string& host) {
    server = std::make_unique<FakeIssuer>("", Serving{certificate, host});
    server->SetKeys(Signer().KeySetJson());
    issuer.name = "gitlab";
    issuer.url = server->url();
    issuer.keys.timeout = std::chrono::seconds(30);
    issuer.keys.ca_file = folder.Write("ca.pem", certificate.certificate);
  }

  std::string Fetch() {
    const auto keys = FetchKeySet(issuer, kNow, nullptr);
    if (keys) return keys->set.Has("key-1") ? "good" : "no key";
    BOOST_TEST((keys.findings().front().code == Code::kKeysUnavailable));
    const std::string& message = keys.findings().front().message;
    const std::string start = "\"" + issuer.url + FakeIssuer::kDiscoveryPath + "\": ";
    return message.starts_with(start) ? message.substr(start.size()) : message;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(tls, Fixture)

BOOST_AUTO_TEST_CASE(a_certificate_for_the_host_from_a_trusted_authority_is_accepted) {
  Start(MakeCertificate("localhost"), "localhost");
  BOOST_TEST(Fetch() == "good");
  Start(MakeCertificate("127.0.0.1"), "127.0.0.1");
  BOOST_TEST(Fetch() == "good");
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_host_is_refused) {
  Start(MakeCertificate("gitlab.example.com"), "localhost");
  BOOST_TEST(Fetch() == "TLS: the certificate of localhost is for another host");
  Start(MakeCertificate("localhost"), "127.0.0.1");
  BOOST_TEST(Fetch() == "TLS: the certificate of 127.0.0.1 is for another host");
  BOOST_TEST(server->requests() == 0);
}

BOOST_AUTO_TEST_CASE(a_certificate_outside_its_time_is_refused) {
  Start(MakeCertificate("localhost", -7200, -3600), "localhost");
  BOOST_TEST(Fetch() == "TLS: the certificate of localhost has expired");
  Start(MakeCertificate("localhost", 3600, 7200), "localhost");
  BOOST_TEST(Fetch() == "TLS: the certificate of localhost is not yet valid");
  BOOST_TEST(server->requests() == 0);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_nobody_vouches_for_is_refused) {
  Start(MakeCertificate("localhost"), "localhost");
  const std::string refusal =
      "TLS: the certificate of localhost leads to no authority that is trusted";
  issuer.keys.ca_file = folder.Write("other.pem", MakeCertificate("localhost").certificate);
  BOOST_TEST(Fetch() == refusal);
  issuer.keys.ca_file = "";
  BOOST_TEST(Fetch() == refusal);
  BOOST_TEST(server->requests() == 0);
}

BOOST_AUTO_TEST_CASE(a_ca_file_that_cannot_be_read_is_named) {
  Start(MakeCertificate("localhost"), "localhost");
  issuer.keys.ca_file = folder / "absent.pem";
  const std::string refusal = "TLS: no certificates can be read from \"";
  BOOST_TEST(Fetch() == refusal + issuer.keys.ca_file + "\"");
  issuer.keys.ca_file = folder.Write("garbage.pem", "garbage");
  BOOST_TEST(Fetch() == refusal + issuer.keys.ca_file + "\"");
}

BOOST_AUTO_TEST_CASE(a_server_that_speaks_no_tls_is_refused) {
  const RawServer plain([](StreamSocket& socket, const RawServer&) {
    jobwarden::testing::SendText(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  });
  issuer.url = "https://localhost:" + std::to_string(plain.port());
  BOOST_TEST(Fetch() == "TLS: localhost does not speak TLS on this port");
}

BOOST_AUTO_TEST_CASE(a_handshake_that_never_ends_ends_with_the_time_out) {
  const RawServer silent([](StreamSocket&, const RawServer& self) {
    while (!self.stopping()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  });
  issuer.url = "https://localhost:" + std::to_string(silent.port());
  issuer.keys.timeout = std::chrono::seconds(1);
  BOOST_TEST(Fetch() == "no whole answer within 1 s");
}

BOOST_AUTO_TEST_CASE(a_proxy_is_asked_for_a_way_and_sees_no_more_than_that) {
  Start(MakeCertificate("issuer.test"), "issuer.test");
  std::string asked;
  std::string status = "200 OK";
  const RawServer proxy([&](StreamSocket& socket, const RawServer& self) {
    asked = jobwarden::testing::ReadHeader(socket);
    jobwarden::testing::SendText(socket, "HTTP/1.1 " + status + "\r\n\r\n");
    StreamSocket issuer_socket(Poco::Net::SocketAddress("127.0.0.1", server->port()));
    jobwarden::testing::Relay(socket, issuer_socket, self);
  });
  issuer.keys.proxy = "http://me:secret@127.0.0.1:" + std::to_string(proxy.port());
  BOOST_TEST(Fetch() == "good");
  const std::string authority = "issuer.test:" + std::to_string(server->port());
  BOOST_TEST(asked.starts_with("CONNECT " + authority + " HTTP/1.1\r\n"), asked);
  BOOST_TEST(asked.find("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n") != std::string::npos);
  BOOST_TEST(asked.find("openid") == std::string::npos);

  status = "407 Proxy Authentication Required";
  BOOST_TEST(Fetch() == "the proxy 127.0.0.1:" + std::to_string(proxy.port()) + " answered 407");
}

BOOST_AUTO_TEST_SUITE_END()
