// A running `jobwarden serve` and the policies that are pulled meanwhile.

#include "tests/e2e/serve/serve_host.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

#include "tests/e2e/policy/policy_host.h"

using namespace jobwarden::testing;
using nlohmann::json;

namespace {

struct Fixture {
  PolicyHost host;
  std::unique_ptr<ServeHost> service;

  void Serve() { service = std::make_unique<ServeHost>(Slurp(host.config())); }
  json Decision() const {
    Job job = ProtectedDeploy();
    const std::string token = TokenText(job, job.Token("JOBWARDEN_ID_TOKEN"), host.signer);
    return service->Post("/v1/decide", {{"token", token}}).json();
  }
  // Waits until the decision's policy has this serial; false after 20 s.
  bool Decides(int serial) const {
    for (int i = 0; i < 1000; ++i) {
      if (Decision().value("policy_serial", 0) == serial) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  json Policy() const {
    const json readiness = service->Get("/readyz").json();
    for (const json& each : readiness["checks"]) {
      if (each["id"] == "policy") return each;
    }
    return {};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(serve, Fixture)

BOOST_AUTO_TEST_CASE(policy_that_is_pulled_decides_without_a_signal) {
  Serve();
  BOOST_TEST(Decision()["outcome"] == "error");
  BOOST_TEST(service->Get("/readyz").status == 503);
  BOOST_TEST(Has(Policy().value("message", ""), "no policy has been pulled"));
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  BOOST_TEST(Decides(41));
  BOOST_TEST(Decision()["outcome"] == "allow");
  BOOST_TEST(service->Get("/readyz").status == 200);
  host.SignAndPublish("42");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  BOOST_TEST(Decides(42));
  BOOST_TEST(Has(service->log(), "another policy was pulled"));
}

BOOST_AUTO_TEST_CASE(policy_that_cannot_be_used_leaves_the_one_before_in_force) {
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  Serve();
  BOOST_TEST(Decides(41));
  // What no pull would put there.
  const std::string bad = host.store() + "/99-aaaaaa";
  std::filesystem::create_directory(bad);
  std::filesystem::remove(host.store() + "/current");
  std::filesystem::create_symlink("99-aaaaaa", host.store() + "/current");
  BOOST_TEST(service->Logged("the configuration was not reloaded"));
  BOOST_TEST(Decision()["outcome"] == "allow");
  BOOST_TEST(Decides(41));
  // Who asks for a reload is told the truth: the policy is not there.
  service->Signal(SIGHUP);
  BOOST_TEST(service->Logged("the configuration was reloaded"));
  BOOST_TEST(Decision()["outcome"] == "error");
}

BOOST_AUTO_TEST_CASE(service_whose_policy_has_expired_is_not_ready) {
  host.SignAndPublish("41");
  BOOST_TEST_REQUIRE(host.Pull().exit_code == kAllow);
  host.Expire();
  Serve();
  BOOST_TEST(service->Get("/readyz").status == 503);
  BOOST_TEST(Has(Policy().value("message", ""), "expired"));
  BOOST_TEST(Decision()["outcome"] == "error");
}

BOOST_AUTO_TEST_SUITE_END()
