// fake_github: what a self-hosted runner sees of GitHub, for the demo and for trials by hand: an
// issuer of id_tokens on loopback, and jobs. Runs until SIGTERM.

#include <signal.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>

#include "tests/support/fake_issuer.h"
#include "tests/support/github_job.h"
#include "tests/support/signer.h"
#include "tests/support/token_endpoint.h"

namespace {

using jobwarden::testing::FakeIssuer;
using jobwarden::testing::GitHubJob;
using jobwarden::testing::Signer;
using jobwarden::testing::TokenEndpoint;

constexpr const char* kUsage =
    "usage: fake_github FOLDER\n"
    "Serves a discovery document, a key set and id_tokens on a free port of 127.0.0.1, and writes\n"
    "into FOLDER a file JOB.json for each of these jobs, for fake_github_runner, and then its own\n"
    "url into the file `url`.\n"
    "JOB: deploy            from main; one step of three uses id_tokens\n"
    "     fork              a fork's pull request\n"
    "     branch            the deploy from another branch\n"
    "     stolen-token      the same with the id_token of another run\n"
    "     no-permission     the same without `id-token: write`\n"
    "     always            the one from another branch with all its steps under `if: always()`\n"
    "     left-behind       the deploy, and a token that it leaves in a file\n";

// Blocked before any thread starts, so that the one who waits alone is told.
sigset_t BlockEnds() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  return ends;
}

std::vector<jobwarden::testing::GitHubStep> DeploySteps() {
  using jobwarden::testing::Run;
  const std::string show =
      "env | sed -n 's/^\\(ACTIONS_ID_TOKEN_REQUEST_[A-Z]*\\)=.*/in the environment: \\1/p'";
  return {Run(show + "\necho built", "Build"),
          Run("echo \"may ask for an id_token: ${ACTIONS_ID_TOKEN_REQUEST_URL:+yes}\"", "Log in"),
          Run("echo deployed", "Deploy")};
}

void WriteJob(const std::string& folder, const std::string& name, const GitHubJob& job) {
  std::ofstream(folder + "/" + name + ".json", std::ios::binary) << Message(job).dump();
}

void WriteJobs(const std::string& folder, TokenEndpoint& endpoint, const Signer& signer) {
  using namespace jobwarden::testing;
  GitHubJob deploy = GitHubDeploy();
  deploy.steps = DeploySteps();
  WriteJob(folder, "no-permission", deploy);

  GitHubJob branch = deploy;
  branch.ref = "refs/heads/try-this";
  branch.ref_protected = false;
  endpoint.Serve(branch);
  WriteJob(folder, "branch", branch);
  for (GitHubStep& step : branch.steps) step.condition = "always()";
  WriteJob(folder, "always", branch);

  GitHubJob fork = GitHubPullRequest();
  fork.steps = DeploySteps();
  WriteJob(folder, "fork", fork);

  GitHubJob victim = deploy;
  victim.run_id = "8800";
  GitHubJob thief = deploy;
  endpoint.ServeAs(thief, victim);
  WriteJob(folder, "stolen-token", thief);

  endpoint.Serve(deploy);
  WriteJob(folder, "deploy", deploy);
  GitHubJob minted = deploy;
  minted.claims["exp"] = std::time(nullptr) + 3600;
  deploy.steps.push_back(
      Checkout({{"vault.json", "{\n  \"jwt\": \"" +
                                   signer.Sign(Claims(minted, "https://vault.example.com").dump()) +
                                   "\"\n}\n"}}));
  deploy.steps.push_back(Run("mv vault.json \"$RUNNER_TEMP\"", "Leave it"));
  WriteJob(folder, "left-behind", deploy);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << kUsage;
    return 2;
  }
  const std::string folder = argv[1];
  const sigset_t ends = BlockEnds();
  const Signer signer("RS256", "demo-key");
  FakeIssuer issuer;
  issuer.SetKeys(signer.KeySetJson());
  TokenEndpoint endpoint(issuer, signer);
  WriteJobs(folder, endpoint, signer);
  // Whoever waits for the file must not see it empty.
  const std::string beside = folder + "/url.new";
  std::ofstream(beside) << issuer.url() << "\n";
  if (std::rename(beside.c_str(), (folder + "/url").c_str()) != 0) {
    std::cerr << "fake_github: cannot write into " << folder << "\n";
    return 2;
  }
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
