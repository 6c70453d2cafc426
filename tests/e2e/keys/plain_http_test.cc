// An issuer that is reached by plain http over a network: its keys are pinned, or it is refused.

#include "tests/e2e/keys/keys_host.h"
#include "tests/support/raw_server.h"

using namespace jobwarden::testing;

namespace {

// A host that nobody knows, and a proxy: were anything fetched, one of them would tell.
struct Fixture {
  KeysHost host{"http://gitlab.test"};
  std::atomic<int> connections = 0;
  RawServer proxy{[this](Poco::Net::StreamSocket&, const RawServer&) { ++connections; }};
  const std::string warning =
      "jobwarden: warning: PLAIN_HTTP: issuer \"gitlab\": \"http://gitlab.test\" is not encrypted";

  Fixture() {
    const std::string place = "http://127.0.0.1:" + std::to_string(proxy.port());
    host.environment = {{"http_proxy", place}, {"https_proxy", place}, {"all_proxy", place}};
    host.folder.Write("pinned.json", host.signer.KeySetJson());
    host.Configure("file = \"" + (host.folder / "pinned.json") + "\"");
  }

  ChildResult Config() const {
    ChildOptions call = host.PrepareCall(host.signer);
    call.command.back() = "config";
    return RunChild(call);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plain_http, Fixture)

BOOST_AUTO_TEST_CASE(jobs_are_decided_by_pinned_keys_and_config_warns) {
  const ChildResult config = Config();
  BOOST_TEST(config.exit_code == 0, config.log);
  BOOST_TEST(Has(config.err, warning));
  BOOST_TEST(Lacks(config.out, "PLAIN_HTTP"));
  const ChildResult check = host.Jobwarden({"config", "check"});
  BOOST_TEST(Has(check.err, warning));
  const ChildResult job = host.Prepare();
  BOOST_TEST(job.exit_code == kAllow, job.log);
  BOOST_TEST(host.Prepare(Signer("RS256", "strange")).exit_code == kBuildFailure);
  const ChildResult verified = host.Verify();
  BOOST_TEST(verified.exit_code == kAllow, verified.log);
  BOOST_TEST(Has(verified.err, warning));
  BOOST_TEST(connections == 0);
}

BOOST_AUTO_TEST_CASE(keys_commands_warn_and_fetch_nothing) {
  const ChildResult refresh = host.Refresh();
  BOOST_TEST(refresh.exit_code == kAllow, refresh.log);
  BOOST_TEST(Has(refresh.err, warning));
  BOOST_TEST(Has(host.Jobwarden({"keys", "show"}).err, warning));
  const ChildResult pin = host.Jobwarden({"keys", "pin", "--issuer", "gitlab"});
  BOOST_TEST(pin.exit_code == kError, pin.log);
  BOOST_TEST(Has(pin.err, "expected https, http is for this machine alone"));
  BOOST_TEST(Has(pin.err, "hint: fetch them on the server itself, and write them to \"" +
                              (host.folder / "pinned.json") + "\""));
  BOOST_TEST(connections == 0);
}

BOOST_AUTO_TEST_CASE(issuer_whose_keys_are_not_pinned_is_refused) {
  host.Configure("");
  const ChildResult config = Config();
  BOOST_TEST(config.exit_code == kSystemFailure, config.log);
  BOOST_TEST(Has(config.log, "issuer.url: expected an https:// URL"));
  BOOST_TEST(Has(config.log, "pin the keys: issuer.keys.file"));
  BOOST_TEST(host.Refresh().exit_code == kUsage);
  BOOST_TEST(connections == 0);
}

BOOST_AUTO_TEST_SUITE_END()
