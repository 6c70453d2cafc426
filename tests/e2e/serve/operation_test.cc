// How the service is run: sockets, certificates, signals.

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>

#include "tests/e2e/serve/serve_host.h"
#include "tests/support/certificate.h"
#include "tests/support/exposition.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/has.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

// `jobwarden serve` with this configuration, which must not start.
ChildResult Refused(const ServeHost& host, const std::string& serve,
                    std::vector<std::string> words = {"--listen", "127.0.0.1:0"}) {
  host.Configure(serve);
  ChildOptions options;
  options.command = {Program("jobwarden"), "serve", "--config", host.config_path()};
  options.command.insert(options.command.end(), words.begin(), words.end());
  options.limit = std::chrono::seconds(10);
  return RunChild(options);
}

ChildResult Curl(const ServeHost& host, std::vector<std::string> words) {
  ChildOptions options;
  options.command = {"/usr/bin/curl", "-sS", "--max-time", "20"};
  options.command.insert(options.command.end(), words.begin(), words.end());
  options.folder = host.folder.path();
  return RunChild(options);
}

// A server with a certificate for 127.0.0.1 of a new authority, or what its files are.
struct Tls {
  TempFolder folder;
  Certificate authority = MakeAuthority();

  Tls() {
    folder.Write("ca.pem", authority.certificate);
    Renew();
  }
  void Renew() const {
    const Certificate server = MakeCertificate("127.0.0.1", -3600, 3600, &authority);
    folder.Write("new.key", server.key);
    chmod((folder / "new.key").c_str(), 0600);
    std::filesystem::rename(folder / "new.key", folder / "server.key");
    folder.Write("server.pem", server.certificate);
  }
  std::string Settings() const {
    return "tls_certificate = \"" + (folder / "server.pem") + "\"\ntls_key = \"" +
           (folder / "server.key") + "\"\n";
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(operation)

BOOST_AUTO_TEST_CASE(service_ends_with_0_after_it_has_answered_what_has_begun) {
  ServeHost host;
  RawClient idle = host.Connect();
  RawClient busy = host.Connect();
  busy.Send("POST /v1/decide HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n");
  BOOST_TEST(host.Get("/healthz").status == 200);
  host.Signal(SIGTERM);
  BOOST_TEST(host.Logged("ends: what has begun is answered"));
  BOOST_TEST(idle.ReadToEnd() == "");
  BOOST_TEST(!host.Connect().connected());
  busy.Send("{}");
  const HttpReply last = busy.Read();
  BOOST_TEST(last.status == 422);
  BOOST_TEST(Has(last.head, "Connection: close"));
  BOOST_TEST(host.End() == 0);
}

BOOST_AUTO_TEST_CASE(reload_takes_a_good_configuration_and_keeps_the_old_for_a_bad_one) {
  const ServeHost host;
  const nlohmann::json question = {{"token", host.token}};
  std::string config = Slurp(host.config_path());
  host.folder.Write("jobwarden.toml", config + "nonsense = 1\n");
  host.Signal(SIGHUP);
  BOOST_TEST(host.Logged("the configuration was not reloaded"));
  BOOST_TEST(Has(host.log(), "unknown key \"nonsense\" in [serve]"));
  BOOST_TEST(host.Post("/v1/decide", question).json()["outcome"] == "allow");
  config.replace(config.find("shop/**"), 7, "other/**");
  host.folder.Write("jobwarden.toml", config);
  host.Signal(SIGHUP);
  BOOST_TEST(host.Logged("the configuration was reloaded"));
  BOOST_TEST(host.Post("/v1/decide", question).json()["outcome"] == "deny");
  BOOST_TEST(Has(host.Get("/metrics").body, "jobwarden_serve_reloads_total{result=\"good\"} 1"));
}

BOOST_AUTO_TEST_CASE(metrics_have_the_form_that_prometheus_reads) {
  const ServeHost host;
  host.Post("/v1/decide", nlohmann::json{{"token", host.token}});
  host.Post("/v1/decide", nlohmann::json{{"token", "\"\\"}});
  host.Get("/\"nowhere");
  BOOST_TEST(ExpositionFaults(host.Get("/metrics").body) == std::vector<std::string>(),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(unix_socket_has_its_mode_and_goes_with_the_service) {
  const TempFolder folder;
  const std::string path = folder / "api.sock";
  ServeHost host("socket_mode = \"0600\"\n", {"--listen", "unix:" + path});
  struct stat st {};
  BOOST_REQUIRE(stat(path.c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 0777) == 0600U);
  RawClient client(path);
  client.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(client.Read().status == 200);
  BOOST_TEST(host.Logged("client=\"uid " + std::to_string(geteuid()) + "\""));
  BOOST_TEST(host.End() == 0);
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(other_machines_are_only_let_in_with_tls_or_when_that_is_said) {
  ServeHost host;
  const ChildResult open = Refused(host, "", {"--listen", "0.0.0.0:0"});
  BOOST_TEST(open.exit_code == 2);
  BOOST_TEST(Has(open.err, "without TLS"));
  const ServeHost said("", {"--listen", "0.0.0.0:0", "--insecure-listen"});
  BOOST_TEST(Has(said.log(), "listening at 0.0.0.0:"));
  BOOST_TEST(Refused(host, "", {"--listen", "localhost:1"}).exit_code == 2);
  BOOST_TEST(Refused(host, "", {"--listen", "127.0.0.1:" + std::to_string(host.port)}).exit_code ==
             3);
}

BOOST_AUTO_TEST_CASE(configuration_that_cannot_be_used_is_told) {
  const ServeHost host;
  const Tls tls;
  BOOST_TEST(Has(Refused(host, "listen = 1\n").err, "serve.listen"));
  BOOST_TEST(Has(Refused(host, "rate = -1\n").err, "expected 0 to 1000000, got -1"));
  BOOST_TEST(Has(Refused(host, "socket_mode = \"9\"\n").err, "a file's mode"));
  BOOST_TEST(Has(Refused(host, "tls_key = \"/x\"\n").err, "serve.tls_key without"));
  BOOST_TEST(Has(Refused(host, "users = [\"nobody-such\"]\n").err, "no user"));
  BOOST_TEST(Has(Refused(host, "api_keys_file = \"/absent\"\n").err, "serve.api_keys_file"));
  host.folder.Write("short", "abc\n");
  BOOST_TEST(Has(Refused(host, "api_keys_file = \"" + (host.folder / "short") + "\"\n").err,
                 "a key of 3 bytes"));
  chmod((tls.folder / "server.key").c_str(), 0644);
  BOOST_TEST(Has(Refused(host, tls.Settings()).err, "everybody may read"));
  // Nobody is asked for a passphrase.
  ChildOptions locked;
  locked.command = {"/usr/bin/openssl", "pkey",        "-in",  tls.folder / "server.key", "-aes256",
                    "-passout",         "pass:secret", "-out", tls.folder / "locked.key"};
  BOOST_TEST(RunChild(locked).exit_code == 0);
  std::filesystem::rename(tls.folder / "locked.key", tls.folder / "server.key");
  BOOST_TEST(Has(Refused(host, tls.Settings()).err, "serve.tls_key"));
}

BOOST_AUTO_TEST_CASE(check_of_the_configuration_sees_what_the_service_would_refuse) {
  const ServeHost host;
  const Tls tls;
  const auto check = [&](const std::string& serve) {
    host.Configure(serve);
    ChildOptions options;
    options.command = {Program("jobwarden"), "config", "check", "--config", host.config_path()};
    return RunChild(options);
  };
  const auto says = [&](const std::string& serve, const std::string& words,
                        bool is_warning = false) {
    const ChildResult result = check(serve);
    const std::string begin =
        is_warning ? "warning: CONFIG_INVALID: " : "jobwarden: CONFIG_INVALID: ";
    const std::size_t at = result.err.find(words);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, result.err);
    const std::size_t line = result.err.rfind('\n', at) + 1;
    BOOST_TEST(Has(result.err.substr(line, at - line), begin + host.config_path() + ":"));
    if (!is_warning) BOOST_TEST(result.exit_code == 2, result.err);
  };
  // Seven days are soon; the certificate has an hour.
  says(tls.Settings(), "serve.tls_certificate: ", true);
  says(tls.Settings() + "client_ca = \"/absent\"\n", "serve.client_ca: ");
  says("api_keys_file = \"/absent\"\n", "serve.api_keys_file");
  says("users = [\"nobody-such\"]\n", "serve.users");
  says("listen = \"localhost:1\"\n", "not an address");
  says("listen = \"0.0.0.0:1\"\n", "without TLS");
  says("listen = \"unix:/run/a.sock\"\nsocket_mode = \"0440\"\n", "nobody may connect");
  says("listen = \"unix:/run/a.sock\"\nsocket_mode = \"0666\"\n", "every user", true);
  const Certificate ended = MakeCertificate("127.0.0.1", -7200, -3600, &tls.authority);
  tls.folder.Write("server.key", ended.key);
  chmod((tls.folder / "server.key").c_str(), 0600);
  tls.folder.Write("server.pem", ended.certificate);
  says(tls.Settings(), " ended at ");
  tls.folder.Write("server.pem", tls.authority.certificate);
  says(tls.Settings(), "serve.tls_key: ");
}

BOOST_AUTO_TEST_CASE(tls_serves_and_takes_a_new_certificate_without_a_restart) {
  const Tls tls;
  const ServeHost host(tls.Settings());
  const std::string url = "https://127.0.0.1:" + std::to_string(host.port) + "/healthz";
  const auto ask = [&] { return Curl(host, {"--cacert", tls.folder / "ca.pem", url}); };
  BOOST_TEST(Has(ask().out, "\"status\":\"ok\""));
  const std::string body = host.folder.Write(
      "body.json", nlohmann::json{{"token", host.token + std::string(60'000, 'x')}}.dump());
  BOOST_TEST(Has(Curl(host, {"--cacert", tls.folder / "ca.pem", "--data", "@" + body,
                             "https://127.0.0.1:" + std::to_string(host.port) + "/v1/decide"})
                     .out,
                 "\"outcome\":\"deny\""));
  tls.Renew();
  BOOST_TEST(host.Logged("the certificate was reloaded"));
  BOOST_TEST(Has(ask().out, "\"status\":\"ok\""));
  tls.folder.Write("server.pem", "rubbish");
  BOOST_TEST(host.Logged("the certificate was not reloaded"));
  BOOST_TEST(Has(ask().out, "\"status\":\"ok\""));
  // Plain HTTP to it ends, and harms nobody.
  RawClient plain = host.Connect();
  plain.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  BOOST_TEST(Lacks(plain.ReadToEnd(), "200 OK"));
  BOOST_TEST(Has(ask().out, "\"status\":\"ok\""));
}

BOOST_AUTO_TEST_CASE(handshakes_that_never_end_take_bounded_memory) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 6'000);
  setrlimit(RLIMIT_NOFILE, &files);
  const Tls tls;
  const ServeHost host(tls.Settings());
  [[maybe_unused]] const long memory = host.StatusLine("VmRSS");
  // A ClientHello of 16 KiB, of which half comes.
  const std::string hello =
      std::string("\x16\x03\x01\x3f\xf0\x01\x00\x3f\xec", 9) + std::string(8'000, 'x');
  std::vector<RawClient> clients;
  for (int i = 0; i < 3'000; ++i) {
    clients.push_back(host.Connect());
    clients.back().Send(hello);
  }
  const std::string url = "https://127.0.0.1:" + std::to_string(host.port) + "/healthz";
  BOOST_TEST(Has(Curl(host, {"--cacert", tls.folder / "ca.pem", url}).out, "\"status\":\"ok\""));
#ifndef __SANITIZE_ADDRESS__
  BOOST_TEST(host.StatusLine("VmRSS") - memory < 96 * 1024);
#endif
}

BOOST_AUTO_TEST_CASE(clients_need_a_certificate_where_an_authority_for_them_is_set) {
  const Tls tls;
  const ServeHost host(tls.Settings() + "client_ca = \"" + (tls.folder / "ca.pem") + "\"\n");
  const std::string url = "https://127.0.0.1:" + std::to_string(host.port) + "/healthz";
  BOOST_TEST(Curl(host, {"--cacert", tls.folder / "ca.pem", url}).exit_code != 0);
  const Certificate client = MakeCertificate("client", -3600, 3600, &tls.authority);
  tls.folder.Write("client.pem", client.certificate);
  tls.folder.Write("client.key", client.key);
  BOOST_TEST(Has(Curl(host, {"--cacert", tls.folder / "ca.pem", "--cert", tls.folder / "client.pem",
                             "--key", tls.folder / "client.key", url})
                     .out,
                 "\"status\":\"ok\""));
}

BOOST_AUTO_TEST_CASE(process_cannot_be_looked_into) {
  const ServeHost host;
  struct stat st {};
  BOOST_REQUIRE(stat(("/proc/" + std::to_string(host.pid) + "/mem").c_str(), &st) == 0);
  BOOST_TEST(st.st_uid == 0U);
  BOOST_TEST(
      Has(Slurp("/proc/" + std::to_string(host.pid) + "/limits"), "Max core file size        0"));
}

BOOST_AUTO_TEST_SUITE_END()
