#ifndef JOBWARDEN_TESTS_E2E_GITHUB_RUNNER_MACHINE_H_
#define JOBWARDEN_TESTS_E2E_GITHUB_RUNNER_MACHINE_H_

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/fake_github_runner.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/has.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/token_endpoint.h"

namespace jobwarden::testing {

/// A machine with GitHub's runner on it, jobwarden's shipped hook files and built programs in
/// `opt/`, and an issuer of its own. All of it lies in one folder, which goes with it.
class RunnerMachine {
 public:
  /// `issuer_path`: as in the urls of an enterprise's slug, and of a server of its own.
  explicit RunnerMachine(const std::string& issuer_path = "");

  /// Writes jobwarden.toml and the hook files again, and plays `job` with these steps. The job may
  /// request id_tokens unless `may_request` was set to false.
  GitHubRun Play(std::vector<GitHubStep> steps);
  /// Plays one after the other, each served with a request token of its own.
  GitHubSession PlayAll(std::vector<GitHubJob> jobs);
  /// The same without a job to be served: `job` goes to the runner as it stands.
  GitHubRun PlayAsIs(std::vector<GitHubStep> steps);

  std::string Path(const std::string& name) const { return folder / name; }
  std::string audit() const { return Slurp(folder / "audit.jsonl"); }
  std::string config_path() const { return folder / "jobwarden.toml"; }
  /// Puts lines at the beginning of `[github]`.
  void SetGitHub(const std::string& lines);
  /// The folder that the hooks of this runner keep; empty where there is none.
  std::string place() const;

  TempFolder folder;
  Signer signer{"RS256", "github-key"};
  FakeIssuer issuer;
  TokenEndpoint endpoint{issuer, signer};
  std::string config;  ///< of jobwarden.toml; written again by each Play
  GitHubRunnerHost host;
  GitHubJob job = GitHubDeploy();
  bool may_request = true;  ///< `permissions: id-token: write`

 private:
  void Install();
};

/// A test of what the real runner does not tell, which are the outputs of steps, is for the fake
/// one:
/// `*boost::unit_test::precondition(OfFakeRunner)`.
inline boost::test_tools::assertion_result OfFakeRunner(boost::unit_test::test_unit_id) {
  return RealRunner().empty();
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_GITHUB_RUNNER_MACHINE_H_
