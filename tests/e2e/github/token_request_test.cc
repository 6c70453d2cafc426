// `jobwarden token request`: the program that asks GitHub for a job's id_tokens.

#include <boost/test/unit_test.hpp>
#include <vector>

#include "hooks/github/id_token.h"
#include "tests/hooks/github/environment_of.h"
#include "tests/support/child.h"
#include "tests/support/has.h"
#include "tests/support/places.h"
#include "tests/support/raw_server.h"
#include "tests/support/temp_folder.h"
#include "tests/support/token_endpoint.h"

using namespace jobwarden::testing;
using Poco::Net::StreamSocket;

namespace {

constexpr int kUsage = 2;
constexpr int kError = 3;

struct Machine {
  explicit Machine(const Serving& serving = {}) : issuer("", serving) {
    endpoint.Serve(job);
    Configure();
  }

  // Writes the configuration, with these lines in [issuer.keys].
  void Configure(const std::string& settings = "") {
    folder.Write(
        "jobwarden.toml",
        "version = 1\nstate_dir = \"" + (folder / "state") +
            "\"\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\n"
            "url = \"https://gitlab.example.com\"\naudience = \"runners\"\n"
            "[[issuer]]\nname = \"github\"\nprovider = \"github\"\nurl = \"" +
            issuer.url() + "\"\naudience = \"runners\"\n[issuer.keys]\n" + settings +
            "\n[[allow]]\nname = \"all\"\nissuer = \"github\"\nclaims = { ref = \"**\" }\n");
  }

  std::string Input() const {
    return job.id_token_request_url + "\n" + job.id_token_request_token + "\n";
  }
  ChildResult Request(std::vector<std::string> words = {"--audience", "https://vault.example",
                                                        "--issuer", "github"}) const {
    return Request(std::move(words), Input());
  }
  ChildResult Request(std::vector<std::string> words, const std::string& input) const {
    ChildOptions options;
    options.command = {Program("jobwarden"), "token", "request", "--config",
                       folder / "jobwarden.toml"};
    options.command.insert(options.command.end(), words.begin(), words.end());
    options.environment = environment;
    options.input = input;
    ChildResult result = RunChild(options);
    BOOST_TEST(!result.hung);
    // Whatever came of it.
    for (const char* secret : {"request-token-of", "api-version", "idtoken", "hidden"}) {
      BOOST_TEST(Lacks(result.log, secret));
    }
    return result;
  }

  void Fails(const ChildResult& result, int exit_code, const std::string& error) const {
    BOOST_TEST(result.exit_code == exit_code);
    BOOST_TEST(result.out == "");
    BOOST_TEST(Has(result.err, "jobwarden: " + error));
  }

  TempFolder folder;
  Signer signer{"RS256", "github-key"};
  FakeIssuer issuer;
  TokenEndpoint endpoint{issuer, signer};
  GitHubJob job = GitHubDeploy();
  Environment environment;
};

// An endpoint whose name only a proxy knows.
struct Behind : Machine {
  explicit Behind(const Certificate& certificate) : Machine({certificate, "tokens.test"}) {}

  std::string status = "200 OK";
  std::string asked;
  RawServer proxy{[this](StreamSocket& socket, const RawServer& self) {
    asked = ReadHeader(socket);
    SendText(socket, "HTTP/1.1 " + status + "\r\n\r\n");
    if (!status.starts_with("200")) return;
    StreamSocket behind(Poco::Net::SocketAddress("127.0.0.1", issuer.port()));
    Relay(socket, behind, self);
  }};
  std::string Url(const std::string& user = "") const {
    return "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(token_request)

BOOST_AUTO_TEST_CASE(token_alone_is_printed) {
  const Machine machine;
  const ChildResult result = machine.Request();
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.out == machine.endpoint.tokens().at(0) + "\n");
  BOOST_TEST(result.err == "");
  BOOST_TEST(machine.endpoint.audiences().at(0) == "https://vault.example");
}

BOOST_AUTO_TEST_CASE(busy_service_is_asked_again) {
  Machine machine;
  machine.endpoint.Queue({{.status = 429, .headers = {{"Retry-After", "1"}}}, {.status = 503}});
  const ChildResult result = machine.Request();
  BOOST_TEST(result.exit_code == 0, result.err);
  BOOST_TEST(result.out == machine.endpoint.tokens().at(0) + "\n");
  BOOST_TEST(machine.endpoint.requests() == 3);
}

BOOST_AUTO_TEST_CASE(wrong_request_token_is_refused_at_once) {
  Machine machine;
  machine.job.id_token_request_token += "x";
  machine.Fails(machine.Request(), kError,
                "TOKEN_REQUEST_FAILED: token endpoint \"127.0.0.1:" +
                    std::to_string(machine.issuer.port()) + "\": answered 401\n  hint: ");
  BOOST_TEST(machine.endpoint.requests() == 1);
}

BOOST_AUTO_TEST_CASE(body_of_a_refusal_is_not_shown) {
  Machine machine;
  for (const int status : {400, 403, 404, 302, 200}) {
    machine.endpoint.Always(Answer{.status = status, .body = R"({"hidden":"hidden"})"});
    machine.Fails(machine.Request(), kError, "TOKEN_REQUEST_FAILED: ");
  }
}

BOOST_AUTO_TEST_CASE(refusals_at_the_beginning_of_a_job_are_not_believed) {
  Machine machine;
  machine.endpoint.Queue({{.status = 404}, {.status = 200, .body = "hidden"}});
  const ChildResult result = machine.Request(
      {"--audience", "https://vault.example", "--issuer", "github", "--job-begins"});
  BOOST_TEST(result.exit_code == 0, result.err);
  BOOST_TEST(machine.endpoint.requests() == 3);
}

BOOST_AUTO_TEST_CASE(plain_http_leaves_this_machine_never) {
  Machine machine;
  // Were it asked, the proxy would be.
  int connections = 0;
  const RawServer proxy([&](StreamSocket&, const RawServer&) { ++connections; });
  machine.environment = {{"http_proxy", "http://127.0.0.1:" + std::to_string(proxy.port())},
                         {"https_proxy", "http://127.0.0.1:" + std::to_string(proxy.port())}};
  machine.job.id_token_request_url = "http://tokens.example/idtoken?api-version=2.0";
  machine.Fails(machine.Request(), kUsage,
                "CONFIG_INVALID: standard input: line 1: expected an https:// URL");
  BOOST_TEST(connections == 0);
}

BOOST_AUTO_TEST_CASE(input_that_is_not_two_lines_is_a_usage_error) {
  const Machine machine;
  const std::vector<std::string> words = {"--audience", "a", "--issuer", "github"};
  for (const std::string& input :
       std::vector<std::string>{"", machine.job.id_token_request_url + "\n",
                                machine.Input() + "more\n", std::string(20'000, 'a')}) {
    machine.Fails(machine.Request(words, input), kUsage, "CONFIG_INVALID: standard input: ");
  }
  BOOST_TEST(machine.endpoint.requests() == 0);
}

BOOST_AUTO_TEST_CASE(command_that_is_not_whole_is_a_usage_error) {
  const Machine machine;
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {},
           {"--audience", "a"},
           {"--issuer", "github"},
           {"--audience", "", "--issuer", "github"},
           {"--audience", std::string(1025, 'a'), "--issuer", "github"},
           {"--audience", "a", "--issuer", "nobody"},
           {"--audience", "a", "--issuer", "gitlab"},
           {"--audience", "a", "--issuer", "github", "b"}}) {
    machine.Fails(machine.Request(words), kUsage, "");
  }
  BOOST_TEST(machine.endpoint.requests() == 0);
}

BOOST_AUTO_TEST_CASE(trusted_certificates_are_those_of_the_issuer_s_keys) {
  const Certificate authority = MakeAuthority();
  Machine machine({MakeCertificate("localhost", -3600, 3600, &authority), "localhost"});
  const std::string ca = machine.folder.Write("ca.pem", authority.certificate);
  machine.Configure("ca_file = \"" + ca + "\"");
  const ChildResult result = machine.Request();
  BOOST_TEST(result.exit_code == 0, result.err);
  BOOST_TEST(result.out == machine.endpoint.tokens().at(0) + "\n");
}

BOOST_AUTO_TEST_CASE(trusted_certificates_of_the_environment_count_for_the_hook_too) {
  const Certificate authority = MakeAuthority();
  const Certificate issuing = MakeAuthority(-3600, 3600, &authority);
  Machine machine({MakeCertificate("localhost", -3600, 3600, &issuing), "localhost"});
  const std::string file = machine.folder.Write("authority.pem", issuing.certificate);
  machine.environment = {{"SSL_CERT_FILE", file}};
  BOOST_TEST(machine.Request().exit_code == 0);

  const auto config =
      jobwarden::LoadConfig(machine.folder / "jobwarden.toml", jobwarden::JobsRun::kElsewhere);
  BOOST_REQUIRE(config);
  const auto asked = [&](const std::string& trusted) {
    return bool(jobwarden::RequestIdToken(
        *config, config->issuers.at(1), "a",
        EnvironmentOf({{"ACTIONS_ID_TOKEN_REQUEST_URL", machine.job.id_token_request_url},
                       {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", machine.job.id_token_request_token},
                       {"SSL_CERT_FILE", trusted}}),
        jobwarden::JobAge::kRuns));
  };
  BOOST_TEST(asked(file));
  BOOST_TEST(!asked(""));
}

BOOST_AUTO_TEST_CASE(unknown_authority_gets_no_request_and_no_second_try) {
  Machine machine({MakeCertificate("localhost"), "localhost"});
  machine.Configure("ca_file = \"" + machine.folder.Write("ca.pem", MakeAuthority().certificate) +
                    "\"");
  machine.Fails(
      machine.Request(), kError,
      "TOKEN_REQUEST_FAILED: token endpoint \"localhost:" + std::to_string(machine.issuer.port()) +
          "\": TLS: the certificate of localhost leads to no authority that is trusted\n"
          "  hint: name the authority's certificate in `ca_file`");
  BOOST_TEST(machine.endpoint.requests() == 0);
}

BOOST_AUTO_TEST_CASE(proxy_of_configuration_or_environment_is_asked_to_connect) {
  const Certificate certificate = MakeCertificate("tokens.test");
  Behind machine(certificate);
  const std::string ca =
      "ca_file = \"" + machine.folder.Write("ca.pem", certificate.certificate) + "\"\n";
  machine.Configure(ca + "proxy = \"" + machine.Url("me:h@dden@") + "\"");
  BOOST_TEST(machine.Request().exit_code == 0);
  BOOST_TEST(Has(machine.asked, "Proxy-Authorization: Basic bWU6aEBkZGVu\r\n"));
  BOOST_TEST(Has(machine.asked, "CONNECT tokens.test:"));
  BOOST_TEST(Lacks(machine.asked, "audience"));
  BOOST_TEST(Lacks(machine.asked, "bearer"));

  machine.Configure(ca);
  machine.environment = {{"https_proxy", machine.Url()}};
  BOOST_TEST(machine.Request().exit_code == 0);

  machine.status = "407 Proxy Authentication Required";
  machine.Fails(machine.Request(), kError, "TOKEN_REQUEST_FAILED: token endpoint \"tokens.test:");
  BOOST_TEST(machine.endpoint.requests() == 2);
}

BOOST_AUTO_TEST_CASE(pinned_keys_leave_authority_and_proxy_to_requests) {
  const Certificate certificate = MakeCertificate("tokens.test");
  Behind machine(certificate);
  machine.Configure("file = \"" + machine.folder.Write("keys.json", machine.signer.KeySetJson()) +
                    "\"\nca_file = \"" + machine.folder.Write("ca.pem", certificate.certificate) +
                    "\"\nproxy = \"" + machine.Url() + "\"");
  const ChildResult result = machine.Request();
  BOOST_TEST(result.exit_code == 0, result.err);
}

// How the hook sees it.

BOOST_AUTO_TEST_CASE(hook_gets_the_token_or_the_reason) {
  Machine machine;
  auto config =
      jobwarden::LoadConfig(machine.folder / "jobwarden.toml", jobwarden::JobsRun::kElsewhere);
  BOOST_REQUIRE(config);
  const auto request = [&] {
    return jobwarden::RequestIdToken(
        *config, config->issuers.at(1), "-a b",
        EnvironmentOf({{"ACTIONS_ID_TOKEN_REQUEST_URL", machine.job.id_token_request_url},
                       {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", machine.job.id_token_request_token}}),
        jobwarden::JobAge::kRuns);
  };
  const auto token = request();
  BOOST_REQUIRE(token);
  BOOST_TEST(token->view() == machine.endpoint.tokens().at(0));
  BOOST_TEST(machine.endpoint.audiences().at(0) == "-a b");

  machine.endpoint.Always(Answer{.status = 403, .body = "hidden"});
  const auto none = request();
  BOOST_REQUIRE(!none);
  const jobwarden::Finding& finding = none.findings().front();
  BOOST_TEST((finding.code == jobwarden::Code::kTokenRequestFailed));
  BOOST_TEST(finding.message == "token endpoint \"127.0.0.1:" +
                                    std::to_string(machine.issuer.port()) + "\": answered 403");
  BOOST_TEST(Has(finding.hint, "id-token: write"));
}

BOOST_AUTO_TEST_SUITE_END()
