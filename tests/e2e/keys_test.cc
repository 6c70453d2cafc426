// Where the keys come from when no file pins them: `jobwarden keys refresh`, which the driver
// starts, and the cache that it leaves.

#include "tests/e2e/harness.h"
#include "tests/support/fake_issuer.h"

using namespace jobwarden::testing;

namespace {

// A host whose issuer is this one, and a job of it.
struct Place {
  explicit Place(const std::string& url) {
    Change(host.config, "file = \"" + host.Path("gitlab-keys.json") + "\"", "");
    Change(host.config, "\"https://gitlab.example.com\"", '"' + url + '"');
    job.server = url;
  }

  RunnerHost host;
  Job job = ProtectedDeploy();
};

std::string UrlOfNobody() {
  return FakeIssuer().url();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(keys_are_fetched_once_for_all_jobs) {
  FakeIssuer issuer;
  Place place(issuer.url());
  issuer.SetKeys(place.host.signer.KeySetJson());
  BOOST_TEST(place.host.Play(place.job).outcome == Outcome::kSucceeded);
  BOOST_TEST(place.host.Play(place.job).outcome == Outcome::kSucceeded);
  BOOST_TEST(issuer.requests(FakeIssuer::kKeysPath) == 1);
}

BOOST_AUTO_TEST_CASE(issuer_that_cannot_be_reached_is_an_error_and_no_denial) {
  Place place(UrlOfNobody());
  const JobRun run = place.host.Play(place.job);
  BOOST_TEST(Broken(run, "KEYS_UNAVAILABLE"));
  BOOST_TEST(std::count_if(run.calls.begin(), run.calls.end(),
                           [](const Call& call) { return call.name == "prepare"; }) == 3);
}

BOOST_AUTO_TEST_CASE(token_of_an_issuer_that_is_down_runs_from_the_cache) {
  auto issuer = std::make_unique<FakeIssuer>();
  Place place(issuer->url());
  issuer->SetKeys(place.host.signer.KeySetJson());
  BOOST_TEST(place.host.Play(place.job).outcome == Outcome::kSucceeded);
  issuer.reset();
  BOOST_TEST(place.host.Play(place.job).outcome == Outcome::kSucceeded);
}

BOOST_AUTO_TEST_CASE(state_folder_that_cannot_be_written) {
  FakeIssuer issuer;
  Place place(issuer.url());
  issuer.SetKeys(place.host.signer.KeySetJson());
  place.host.folder.Write("state", "a file where the folder should be");
  const JobRun run = place.host.Play(place.job);
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST((run.Find("prepare_script") == nullptr));
  BOOST_TEST(Has(run.log(), place.host.Path("state")));
}

BOOST_AUTO_TEST_SUITE_END()
