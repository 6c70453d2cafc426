// fake_gitlab_runner: plays one job through a custom executor driver, for the demo and for trials
// by hand. Prints what GitLab would show as the job's log.

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/fake_gitlab_runner.h"
#include "tests/support/gitlab_job.h"
#include "tests/support/temp_folder.h"

namespace {

using jobwarden::testing::Job;
using jobwarden::testing::JobRun;
using jobwarden::testing::Signer;
using Outcome = JobRun::Outcome;

constexpr const char* kUsage =
    "usage: fake_gitlab_runner PEM_FILE ALG KID SERVER_URL JOB DRIVER [ARGUMENT...]\n"
    "Plays JOB, with id_tokens of SERVER_URL signed by this key, through the driver; exits with 0\n"
    "when the job succeeded, 1 when it failed or was refused, 3 when the driver failed.\n"
    "JOB: deploy          from a protected branch; uses one id_token of three\n"
    "     fork            the same from a fork's merge request\n"
    "     feature-branch  the same from a branch that is not protected\n"
    "     wrong-audience  the same with a token that was made for another service\n"
    "     stolen-token    the same with the token of another job\n"
    "     no-token        the same without any id_token\n";

// The good job, or one that differs from it in one thing; nothing for an unknown name.
std::optional<Job> MakeJob(const std::string& name, const std::string& server,
                           const Signer& signer) {
  using namespace jobwarden::testing;
  Job job = name == "fork"             ? ForkMergeRequestDeploy()
            : name == "feature-branch" ? FeatureBranchDeploy()
                                       : ProtectedDeploy();
  job.server = server;
  job.script = {"echo \"logging in to Vault with a token of ${#VAULT_ID_TOKEN} characters\"",
                "env | sed -n 's/^\\([A-Z_]*ID_TOKEN\\)=.*/in the environment: \\1/p'",
                "echo deployed"};
  IdToken& own = job.Token("JOBWARDEN_ID_TOKEN");
  if (name == "wrong-audience") {
    own.audiences = {"https://sonar.example.com"};
  } else if (name == "stolen-token") {
    Job victim = job;
    victim.id = 8800;
    victim.pipeline_id = 4100;
    own.value = TokenText(victim, own, signer);
  } else if (name == "no-token") {
    job.id_tokens.clear();
  } else if (name != "deploy" && name != "fork" && name != "feature-branch") {
    return std::nullopt;
  }
  return job;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

int Main(const std::vector<std::string>& words) {
  using namespace jobwarden::testing;
  if (words.size() < 6) {
    std::cerr << kUsage;
    return 2;
  }
  const Signer signer = Signer::FromPem(ReadFile(words[0]), words[1], words[2]);
  const auto job = MakeJob(words[4], words[3], signer);
  if (!job) {
    std::cerr << kUsage;
    return 2;
  }
  const TempFolder folder;
  RunnerOptions options;
  options.driver.assign(words.begin() + 5, words.end());
  options.folder = folder.path();
  for (const char* name : {"PATH", "HOME", "USER", "LANG", "TERM"}) {
    if (const char* value = std::getenv(name)) {
      options.environment[name] = value;
    }
  }
  const JobRun run = PlayJob(Send(*job, signer), options);
  std::cout << run.log();
  switch (run.outcome) {
    case Outcome::kSucceeded:
      std::cout << "Job succeeded\n";
      return 0;
    case Outcome::kSystemFailure:
      std::cout << "ERROR: Job failed (system failure)\n";
      return 3;
    default:
      std::cout << "ERROR: Job failed\n";
      return 1;
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Main({argv + 1, argv + argc});
  } catch (const std::exception& problem) {
    std::cerr << "fake_gitlab_runner: " << problem.what() << "\n";
    return 2;
  }
}
