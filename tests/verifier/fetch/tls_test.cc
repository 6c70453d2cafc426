#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "tests/support/fake_issuer.h"
#include "tests/support/raw_server.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "verifier/fetch/refresh.h"

using namespace jobwarden;
using jobwarden::testing::Certificate;
using jobwarden::testing::FakeIssuer;
using jobwarden::testing::HashedName;
using jobwarden::testing::MakeAuthority;
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

  ~Fixture() {
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
  }

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

BOOST_AUTO_TEST_CASE(an_authority_that_another_vouches_for_is_enough) {
  const Certificate root = MakeAuthority();
  const Certificate issuing = MakeAuthority(-3600, 3600, &root);
  Start(MakeCertificate("localhost", -3600, 3600, &issuing), "localhost");
  folder.Write("ca.pem", issuing.certificate);
  BOOST_TEST(Fetch() == "good");
  // The server does not send the one between, so the root alone is not enough.
  folder.Write("ca.pem", root.certificate);
  BOOST_TEST(Fetch() == "TLS: the certificate of localhost leads to no authority that is trusted");
}

BOOST_AUTO_TEST_CASE(the_server_s_own_certificate_is_enough) {
  const Certificate authority = MakeAuthority();
  const auto issued = [&](const std::string& host, long end = 3600) {
    return MakeCertificate(host, -3600, end, &authority);
  };
  Start(issued("localhost"), "localhost");
  BOOST_TEST(Fetch() == "good");
  // It vouches for itself alone.
  folder.Write("ca.pem", issued("localhost").certificate);
  BOOST_TEST(Fetch() == "TLS: the certificate of localhost leads to no authority that is trusted");
  // And is checked like any other.
  Start(issued("127.0.0.1"), "localhost");
  BOOST_TEST(Fetch() == "TLS: the certificate of localhost is for another host");
  Start(issued("localhost", -60), "localhost");
  BOOST_TEST(Fetch() == "TLS: the certificate of localhost has expired");
}

BOOST_AUTO_TEST_CASE(the_environment_names_the_trusted_certificates) {
  const Certificate authority = MakeAuthority();
  Start(MakeCertificate("localhost", -3600, 3600, &authority), "localhost");
  issuer.keys.ca_file = "";
  const std::string refusal =
      "TLS: the certificate of localhost leads to no authority that is trusted";
  BOOST_TEST(Fetch() == refusal);
  const std::string file = folder.Write("authority.pem", authority.certificate);
  std::filesystem::create_directory(folder / "certs");
  folder.Write("certs/" + HashedName(authority), authority.certificate);

  setenv("SSL_CERT_FILE", file.c_str(), 1);
  BOOST_TEST(Fetch() == "good");
  setenv("SSL_CERT_FILE", "", 1);
  BOOST_TEST(Fetch() == refusal);
  setenv("SSL_CERT_DIR", (folder / "certs").c_str(), 1);
  BOOST_TEST(Fetch() == "good");
  setenv("SSL_CERT_DIR", ("/nonexistent:" + (folder / "certs")).c_str(), 1);
  BOOST_TEST(Fetch() == "good");
  setenv("SSL_CERT_DIR", folder.path().c_str(), 1);
  BOOST_TEST(Fetch() == refusal);
  setenv("SSL_CERT_FILE", file.c_str(), 1);
  BOOST_TEST(Fetch() == "good");
  // What the configuration names counts alone.
  issuer.keys.ca_file = folder.Write("other.pem", MakeAuthority().certificate);
  BOOST_TEST(Fetch() == refusal);
}

BOOST_AUTO_TEST_CASE(an_environment_that_names_no_certificates_is_named) {
  Start(MakeCertificate("localhost"), "localhost");
  issuer.keys.ca_file = "";
  for (const std::string& file : {folder / "absent.pem", folder.Write("empty.pem", ""),
                                  folder.Write("garbage.pem", "garbage"), folder.path()}) {
    setenv("SSL_CERT_FILE", file.c_str(), 1);
    BOOST_TEST(Fetch() == "TLS: no certificates can be read from SSL_CERT_FILE \"" + file + "\"");
  }
  // Where a relative path leads is not the administrator's choice.
  folder.Write("ca.pem", MakeCertificate("localhost").certificate);
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  setenv("SSL_CERT_FILE", "ca.pem", 1);
  BOOST_TEST(Fetch() == "TLS: SSL_CERT_FILE: expected an absolute path, got \"ca.pem\"");
  unsetenv("SSL_CERT_FILE");
  for (const char* folders : {"certs", "/etc/ssl/certs:certs", ":certs:"}) {
    setenv("SSL_CERT_DIR", folders, 1);
    BOOST_TEST(Fetch() == "TLS: SSL_CERT_DIR: expected an absolute path, got \"" +
                              std::string(folders) + "\"");
  }
  std::filesystem::current_path(before);
  BOOST_TEST(server->requests() == 0);
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
  // The proxy may still be at a connection that the client has given up.
  std::mutex mutex;
  std::string asked;
  std::string answer = "HTTP/1.1 200 OK\r\n\r\n";
  const auto answer_with = [&](std::string text) {
    const std::scoped_lock lock(mutex);
    answer = std::move(text);
  };
  const RawServer proxy([&](StreamSocket& socket, const RawServer& self) {
    const std::string header = jobwarden::testing::ReadHeader(socket);
    std::unique_lock lock(mutex);
    asked = header;
    const std::string now = answer;
    lock.unlock();
    jobwarden::testing::SendText(socket, now);
    StreamSocket issuer_socket(Poco::Net::SocketAddress("127.0.0.1", server->port()));
    jobwarden::testing::Relay(socket, issuer_socket, self);
  });
  const std::string place = "127.0.0.1:" + std::to_string(proxy.port());
  issuer.keys.proxy = "http://me:se@cret@" + place;
  BOOST_TEST(Fetch() == "good");
  const std::string authority = "issuer.test:" + std::to_string(server->port());
  {
    const std::scoped_lock lock(mutex);
    BOOST_TEST(asked.starts_with("CONNECT " + authority + " HTTP/1.1\r\n"), asked);
    BOOST_TEST(asked.find("Proxy-Authorization: Basic bWU6c2VAY3JldA==\r\n") != std::string::npos);
    BOOST_TEST(asked.find("openid") == std::string::npos);
  }

  for (const char* good :
       {"HTTP/1.1 201 Created\r\n\r\n", "HTTP/1.0 204 No Content\r\n\r\n",
        "HTTP/1.1 299 Whatever\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"}) {
    answer_with(good);
    BOOST_TEST(Fetch() == "good", good);
  }
  for (const char* bad : {"407 Proxy Authentication Required", "302 Found", "099 No", "304 No"}) {
    answer_with("HTTP/1.1 " + std::string(bad) + "\r\n\r\n");
    BOOST_TEST(Fetch() == "the proxy " + place + " answered " + std::to_string(std::atoi(bad)));
  }
  answer_with("HTTP/1.1 200 OK\r\nX: " + std::string(9000, 'a') + "\r\n\r\n");
  BOOST_TEST(Fetch().starts_with("the proxy " + place + ": the answer's header has a field"));
}

BOOST_AUTO_TEST_SUITE_END()
