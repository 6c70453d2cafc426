// `jobwarden policy pull` from a static HTTPS server: what comes into force, what is refused, and
// what the rest of jobwarden makes of it.

#include <nlohmann/json.hpp>

#include "tests/e2e/policy/policy_host.h"
#include "verifier/bundle/bundle.h"
#include "verifier/bundle/gzip.h"
#include "verifier/bundle/minisign.h"

using namespace jobwarden::testing;

namespace {

struct Fixture {
  PolicyHost host;

  // A pull that is refused with this code and these words, and changes nothing.
  void Refuses(int exit_code, const std::string& code, const std::string& words) const {
    const std::string before = host.InForce();
    const ChildResult result = host.Pull();
    BOOST_TEST(result.exit_code == exit_code, result.log);
    BOOST_TEST(Has(result.err, "jobwarden: " + code + ": "));
    BOOST_TEST(Has(result.err, words));
    BOOST_TEST(Has(result.err, "hint: "));
    BOOST_TEST(host.InForce() == before);
  }

  // Publishes these bytes with a good signature.
  void PublishSigned(const std::string& bytes) const {
    const auto key = jobwarden::ReadMinisignSecretKey(jobwarden::Secret(kSecretKey), nullptr);
    BOOST_TEST_REQUIRE(static_cast<bool>(key));
    host.folder.Write("policy.tar.gz", bytes);
    host.folder.Write("policy.tar.gz.minisig", *jobwarden::SignMinisign(bytes, *key, "c"));
    host.Publish();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pull, Fixture)

BOOST_AUTO_TEST_CASE(pulled_policy_decides_and_its_serial_is_recorded) {
  ChildResult verified = host.Verify();
  BOOST_TEST(verified.exit_code == kError, verified.log);
  BOOST_TEST(Has(verified.out, "POLICY_UNAVAILABLE"));
  host.SignAndPublish("41");
  const ChildResult pulled = host.Pull();
  BOOST_TEST(pulled.exit_code == kAllow, pulled.log);
  BOOST_TEST(Has(pulled.out, "the policy with serial 41 is in force now, valid until "));
  BOOST_TEST(Has(pulled.out, "rules: 1, tests passed: 1"));
  verified = host.Verify();
  BOOST_TEST(verified.exit_code == kAllow, verified.log);
  const auto record = nlohmann::json::parse(verified.out);
  BOOST_TEST(record.value("rule", "") == "fleet deploys");
  BOOST_TEST(record.value("policy_serial", 0) == 41);
}

BOOST_AUTO_TEST_CASE(config_check_tells_which_policy_is_in_force) {
  const auto check = [&](std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"config", "check", "--config", host.config()});
    return host.Jobwarden(more);
  };
  const ChildResult none = check();
  BOOST_TEST(none.exit_code == kUsage);
  BOOST_TEST(Has(none.err, "POLICY_UNAVAILABLE: " + host.config() + ":"));
  BOOST_TEST(Has(none.err, ": policy.pull: no policy has been pulled into "));
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  const ChildResult good = check();
  BOOST_TEST(Lacks(good.err, "POLICY_"));
  BOOST_TEST(Has(good.out, "the pulled policy has serial 41 and is in force until 2"));
  BOOST_TEST(Has(good.out, "; the server was last asked at 2"));
  const auto json = nlohmann::json::parse(check({"--json"}).out);
  BOOST_TEST(json["policy"]["serial"] == 41);
  host.Expire();
  const ChildResult late = check();
  BOOST_TEST(late.exit_code == kUsage);
  BOOST_TEST(Has(late.err, "POLICY_EXPIRED: " + host.config() + ":"));
}

BOOST_AUTO_TEST_CASE(metrics_tell_the_serial_the_end_and_each_pull) {
  const std::string file = host.folder / "jobwarden.prom";
  host.Configure(std::string("[\"") + kPublicKey + "\"]",
                 "[audit]\nmetrics_file = \"" + file + "\"\n");
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  std::string text = Slurp(file);
  BOOST_TEST(Has(text, "\njobwarden_policy_serial 41\n"));
  BOOST_TEST(Has(text, "\njobwarden_policy_expires_timestamp_seconds 1"));
  BOOST_TEST(Has(text, "\njobwarden_policy_checked_timestamp_seconds 1"));
  BOOST_TEST(Has(text, "\njobwarden_policy_pulls_total{result=\"new\"} 1\n"));
  BOOST_TEST(Has(text, "\njobwarden_policy_pulls_total{result=\"unchanged\"} 1\n"));
  host.SignAndPublish("40");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kDeny);
  text = Slurp(file);
  BOOST_TEST(Has(text, "\njobwarden_policy_pulls_total{result=\"failure\"} 1\n"));
  BOOST_TEST(Has(text, "\njobwarden_policy_serial 41\n"));
}

BOOST_AUTO_TEST_CASE(unchanged_policy_costs_one_request) {
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  const int before = host.server.requests();
  const ChildResult again = host.Pull({"--json"});
  BOOST_TEST(again.exit_code == kAllow, again.log);
  BOOST_TEST(nlohmann::json::parse(again.out).value("new", true) == false);
  BOOST_TEST(host.server.requests() == before + 1);
  // The same bundle under another ETag, as from another node: no new version.
  const std::string in_force = host.InForce();
  host.server.SetAnswer("/policy.tar.gz", Answer{.body = Slurp(host.folder / "policy.tar.gz"),
                                                 .headers = {{"ETag", "\"other\""}}});
  BOOST_TEST(host.Pull().exit_code == kAllow);
  BOOST_TEST(host.InForce() == in_force);
  BOOST_TEST(host.server.requests() == before + 3);
  BOOST_TEST(host.Pull().exit_code == kAllow);
  BOOST_TEST(host.server.requests() == before + 4);
}

BOOST_AUTO_TEST_CASE(older_policy_and_another_one_of_the_same_serial_are_refused) {
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  host.SignAndPublish("40");
  Refuses(kDeny, "POLICY_REFUSED", "expected a serial of 41 or more, got 40");
  host.Edit("rules.d/fleet.toml", std::string(kRules) + "# changed\n");
  host.SignAndPublish("41");
  Refuses(kDeny, "POLICY_REFUSED", "another policy with the serial 41 is in force already");
  host.SignAndPublish("42");
  BOOST_TEST(host.Pull().exit_code == kAllow);
}

BOOST_AUTO_TEST_CASE(policy_that_has_expired_is_refused_and_decides_nothing) {
  using namespace std::chrono;
  const jobwarden::Manifest manifest{41, sys_seconds(seconds(1'000'000'000)), ""};
  PublishSigned(jobwarden::WriteBundle({manifest, {{"rules.d/a.toml", kRules}}}));
  Refuses(kDeny, "POLICY_REFUSED", "the policy with serial 41 expired at 2001-09-09T01:46:40Z");
  host.SignAndPublish("42");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  host.Expire();
  Refuses(kError, "POLICY_EXPIRED", "the policy with serial 42 expired at");
  const ChildResult verified = host.Verify();
  BOOST_TEST(verified.exit_code == kError, verified.log);
  BOOST_TEST(Has(verified.out, "POLICY_EXPIRED"));
  BOOST_TEST(Has(verified.out, "the pulled policy with serial 42 expired at 2001-09-09T01:46:40Z"));
}

BOOST_AUTO_TEST_CASE(bundle_whose_tests_fail_changes_nothing) {
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  std::string tests = kTests;
  tests.replace(tests.find("shop/web"), 8, "bank/web");
  const jobwarden::Manifest manifest{42, std::chrono::sys_days(std::chrono::year(2100) / 1 / 1),
                                     ""};
  PublishSigned(jobwarden::WriteBundle(
      {manifest, {{"rules.d/a.toml", kRules}, {"tests/a.test.toml", tests}}}));
  Refuses(kDeny, "POLICY_REFUSED", "tests/a.test.toml:1:1: the test \"a deploy\" fails: ");
  PublishSigned(jobwarden::WriteBundle({manifest, {{"rules.d/a.toml", "[[alow]]\n"}}}));
  Refuses(kDeny, "POLICY_REFUSED", "rules.d/a.toml:1:");
}

BOOST_AUTO_TEST_CASE(signature_that_is_not_of_a_configured_key_is_refused) {
  const ChildResult signed_now = host.Sign({"--valid-days", "1"}, kOtherSecretKey);
  BOOST_TEST_REQUIRE(signed_now.exit_code == kAllow, signed_now.log);
  host.Publish();
  Refuses(kDeny, "POLICY_REFUSED", "the signature is by the key ");
  // Both keys are good while one replaces the other.
  host.Configure(std::string("[\"") + kPublicKey + "\", \"" + kOtherPublicKey + "\"]");
  BOOST_TEST(host.Pull().exit_code == kAllow);
  // What a key signed that is not trusted any more decides nothing, and its serial does not bind.
  host.Configure(std::string("[\"") + kPublicKey + "\"]");
  const ChildResult verified = host.Verify();
  BOOST_TEST(verified.exit_code == kError, verified.log);
  BOOST_TEST(Has(verified.out, "POLICY_UNAVAILABLE"));
  host.SignAndPublish("1");
  BOOST_TEST(host.Pull().exit_code == kAllow);
  BOOST_TEST(host.Verify().exit_code == kAllow);
}

BOOST_AUTO_TEST_CASE(bundle_that_is_torn_or_changed_on_the_way_is_refused) {
  host.SignAndPublish("41");
  const std::string bundle = Slurp(host.folder / "policy.tar.gz");
  const std::string signature = Slurp(host.folder / "policy.tar.gz.minisig");
  const auto serve = [&](const Answer& answer) { host.server.SetAnswer("/policy.tar.gz", answer); };
  serve({.body = bundle.substr(0, 90),
         .headers = {{"Content-Length", std::to_string(bundle.size())}}});
  ChildResult result = host.Pull();
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "POLICY_UNAVAILABLE: "));
  BOOST_TEST(Has(result.err, "the answer broke off after 90 bytes"));
  serve({.body = bundle.substr(0, 90)});
  Refuses(kDeny, "POLICY_REFUSED", "the signature is not of these bytes");
  std::string changed = bundle;
  changed.back() ^= 1;
  serve({.body = changed});
  Refuses(kDeny, "POLICY_REFUSED", "the signature is not of these bytes");
  serve({.body = bundle});
  std::string comment = signature;
  comment.replace(comment.find("serial:41"), 9, "serial:42");
  host.server.SetAnswer("/policy.tar.gz.minisig", Answer{.body = comment});
  Refuses(kDeny, "POLICY_REFUSED", "does not cover its trusted comment");
  host.server.SetAnswer("/policy.tar.gz.minisig", Answer{.body = "<html>"});
  Refuses(kDeny, "POLICY_REFUSED", "the signature is not in minisign's form");
  host.server.SetAnswer("/policy.tar.gz.minisig", Answer{.status = 404});
  result = host.Pull();
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "/policy.tar.gz.minisig\": answered 404"));
  serve({.body = std::string((4 << 20) + 1, 'x')});
  result = host.Pull();
  BOOST_TEST(result.exit_code == kError);
  BOOST_TEST(Has(result.err, "answered with more than 4194304 bytes"));
  BOOST_TEST(host.InForce() == "");
}

// The publisher has written the signature, and not the bundle yet.
BOOST_AUTO_TEST_CASE(pull_between_the_publisher_s_two_writes_changes_nothing) {
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  const std::string before = host.InForce();
  BOOST_TEST_REQUIRE(host.Sign({"--valid-days", "30", "--serial", "42"}).exit_code == kAllow);
  host.server.SetAnswer("/policy.tar.gz.minisig",
                        Answer{.body = Slurp(host.folder / "policy.tar.gz.minisig")});
  BOOST_TEST(host.Pull().exit_code == kAllow);
  BOOST_TEST(host.InForce() == before);
  // A machine that has no policy yet gets the bundle, and waits for the one that fits.
  std::filesystem::remove_all(host.store());
  Refuses(kDeny, "POLICY_REFUSED", "the signature is not of these bytes");
  BOOST_TEST(host.InForce() == "");
  host.Publish();
  BOOST_TEST(host.Pull().exit_code == kAllow);
  BOOST_TEST(host.InForce().starts_with("42-"));
}

BOOST_AUTO_TEST_CASE(folder_that_others_could_write_gets_no_policy_and_decides_nothing) {
  using std::filesystem::perms;
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  host.SignAndPublish("42");
  for (const perms bit : {perms::group_write, perms::others_write}) {
    std::filesystem::permissions(host.store(), perms(0755) | bit);
    Refuses(kError, "STATE_UNWRITABLE", "can be written by group or others");
    BOOST_TEST(host.Verify().exit_code != kAllow);
  }
  std::filesystem::permissions(host.store(), perms(0755));
  BOOST_TEST(host.Pull().exit_code == kAllow);
  BOOST_TEST(host.Verify().exit_code == kAllow);
}

// A file whose name ends with .gz is gzip to some servers, and they say so: it is what was signed.
BOOST_AUTO_TEST_CASE(bundle_may_be_said_to_be_encoded_but_not_be_so) {
  host.SignAndPublish("41");
  const std::string bundle = Slurp(host.folder / "policy.tar.gz");
  const auto serve = [&](const std::string& bytes, const std::string& coding) {
    host.server.SetAnswer("/policy.tar.gz",
                          Answer{.body = bytes, .headers = {{"Content-Encoding", coding}}});
  };
  serve(jobwarden::Gzip(bundle), "gzip");
  Refuses(kDeny, "POLICY_REFUSED", "is not of these bytes; the answer is encoded as \"gzip\"");
  serve(bundle, "x-gzip");
  BOOST_TEST(host.Pull().exit_code == kAllow);
}

BOOST_AUTO_TEST_CASE(signed_bytes_that_are_no_policy_are_refused) {
  PublishSigned("hello");
  Refuses(kDeny, "POLICY_REFUSED", "the bundle is not gzip");
  PublishSigned(Slurp(host.folder / "server.pem"));
  Refuses(kDeny, "POLICY_REFUSED", "the bundle is not gzip");
}

BOOST_AUTO_TEST_CASE(old_version_stays_for_its_readers_until_the_next_one) {
  for (const char* serial : {"1", "2", "3"}) {
    host.SignAndPublish(serial);
    BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  }
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(host.store())) {
    names.push_back(entry.path().filename().string().substr(0, 2));
  }
  std::sort(names.begin(), names.end());
  BOOST_TEST(names == (std::vector<std::string>{"2-", "3-", "cu", "lo"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rules_of_the_machine_itself_stay_and_do_not_fail_the_fleet_s_tests) {
  host.SignAndPublish("41");
  host.Configure(std::string("[\"") + kPublicKey + "\"]",
                 "[[deny]]\nname = \"nothing here\"\nclaims = { project_path = \"shop/**\" }\n");
  BOOST_TEST(host.Pull().exit_code == kAllow);
  const ChildResult verified = host.Verify();
  BOOST_TEST(verified.exit_code == kDeny, verified.log);
  BOOST_TEST(Has(verified.out, "nothing here"));
  // A name that both have is a mistake, which the pull says.
  host.Configure(std::string("[\"") + kPublicKey + "\"]",
                 "[[deny]]\nname = \"fleet deploys\"\nclaims = { ref = \"x\" }\n");
  host.SignAndPublish("42");
  Refuses(kDeny, "POLICY_REFUSED", "two rules have the name \"fleet deploys\"");
}

BOOST_AUTO_TEST_CASE(rules_that_were_removed_by_hand_are_pulled_again) {
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  std::filesystem::remove_all(host.store() + "/" + host.InForce() + "/rules.d");
  BOOST_TEST(host.Verify().exit_code == kError);
  BOOST_TEST(host.Pull().exit_code == kAllow);
  BOOST_TEST(host.Verify().exit_code == kAllow);
}

// A driver of another user reads the policy, and root's umask is 077 on many machines.
BOOST_AUTO_TEST_CASE(pulled_policy_is_for_all_to_read_whatever_the_umask_is) {
  namespace fs = std::filesystem;
  host.SignAndPublish("41");
  ChildOptions call = host.PullCall();
  call.command.insert(call.command.begin(), {"/bin/sh", "-c", "umask 077; exec \"$@\"", "sh"});
  const ChildResult result = RunChild(call);
  BOOST_TEST_REQUIRE(result.exit_code == kAllow, result.log);
  for (const auto& each : fs::recursive_directory_iterator(host.folder / "state")) {
    const fs::perms open = each.is_directory() ? fs::perms(0755) : fs::perms(0644);
    const fs::perms all = each.path().filename() == "lock" ? fs::perms(0600) : open;
    BOOST_TEST((each.status().permissions() == all), each.path());
  }
}

BOOST_AUTO_TEST_CASE(policy_check_and_keys_know_the_pulled_rules_and_do_not_need_them) {
  BOOST_TEST(host.Jobwarden({"keys", "show", "--config", host.config()}).exit_code == kAllow);
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  const ChildResult checked =
      host.Jobwarden({"policy", "check", "--json", "--config", host.config()});
  BOOST_TEST(checked.exit_code == kAllow, checked.log);
  BOOST_TEST(nlohmann::json::parse(checked.out).value("rules", 0) == 1);
}

BOOST_AUTO_TEST_CASE(pull_without_keys_or_url_says_what_to_add) {
  host.folder.Write("jobwarden.toml",
                    "version = 1\n[[issuer]]\nname = \"gitlab\"\nprovider = \"gitlab\"\n"
                    "url = \"https://gitlab.example.com\"\naudience = \"a\"\n");
  const ChildResult result = host.Pull();
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(Has(result.err, "hint: add [policy.pull] with url and keys"));
  host.Configure("\"RWQnonsense\"");
  BOOST_TEST(Has(host.Pull().err, "policy.pull.keys: expected a public key of minisign"));
}

BOOST_AUTO_TEST_CASE(signature_of_an_object_store_s_address_is_in_no_message) {
  const ChildResult result = host.Pull({"http://127.0.0.1:1/policy.tar.gz?X-Signature=hunter2"});
  BOOST_TEST(result.exit_code == kError, result.log);
  BOOST_TEST(Has(result.err, "\"http://127.0.0.1:1/policy.tar.gz?...\""));
  BOOST_TEST(Lacks(result.log, "hunter2"));
}

BOOST_AUTO_TEST_SUITE_END()
