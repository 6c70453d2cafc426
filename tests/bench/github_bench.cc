// What the job-started hook costs a job of GitHub's: the whole of it, with an issuer on this
// machine and a warm key cache. Beside it what it cannot do without: a start of `jobwarden`, which
// speaks HTTP. Usage:
//   bench_github [RUNS]

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "hooks/github/token_broker.h"
#include "tests/bench/compare.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/github_job.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"
#include "tests/support/token_endpoint.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;

// This program is the worker, and does not end with the job.
void EndLastBroker(const fs::path& runners) {
  if (!fs::exists(runners)) return;
  for (const auto& runner : fs::directory_iterator(runners)) {
    static_cast<void>(EndTokenBroker(runner.path() / "broker"));
  }
}

void Measure(int runs) {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const TempFolder folder;
  const Signer signer("RS256", "github-key");
  FakeIssuer issuer;
  issuer.SetKeys(signer.KeySetJson());
  TokenEndpoint endpoint(issuer, signer);
  GitHubJob job = GitHubDeploy();
  endpoint.Serve(job);
  const std::string config = folder.Write(
      "jobwarden.toml",
      fmt::format("version = 1\nstate_dir = \"{}/state\"\n"
                  "[[issuer]]\nname = \"github\"\nprovider = \"github\"\nurl = \"{}\"\n"
                  "audience = \"{}\"\n[[allow]]\nname = \"deploys\"\n"
                  "claims = {{ repository = \"shop/*\", ref = \"refs/heads/main\" }}\n"
                  "[github]\nshared_user = true\n[audit]\nfile = \"{}/audit.jsonl\"\n",
                  folder.path(), issuer.url(), kGitHubRunnerAudience, folder.path()));
  std::map<std::string, std::string> environment = GitHubVariables(job);
  environment["PATH"] = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  environment["RUNNER_NAME"] = "deploys-1";
  environment["RUNNER_TEMP"] = folder / "temp";
  environment["GITHUB_EVENT_PATH"] = folder.Write("event.json", job.event.dump(1));
  environment["GITHUB_PATH"] = folder.Write("path", "");
  environment["GITHUB_STEP_SUMMARY"] = folder.Write("summary", "");
  environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = job.id_token_request_url;
  environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = job.id_token_request_token;

  const Command hook{
      {here / "jobwarden-hook", "--config", config, "github", "job-started"}, environment, [&] {
        folder.Write("path", "");
        EndLastBroker(folder / "state/github");
      }};
  // The worker is a process of its own, because one that listens has a debugger.
  if (const pid_t worker = fork(); worker != 0) {
    waitpid(worker, nullptr, 0);
    return;
  }
  Run(hook);  // fetches the keys
  Compare("job-started, against a start of jobwarden", runs, hook,
          {{here / "jobwarden", "--version"}, {}}, "40 ms or less in all");
  fmt::print("{:<34} {:>9.1f} MiB (24 or less, of the hook and what it starts)\n",
             "job-started: peak memory", static_cast<double>(Run(hook).peak_kib) / 1024);
  std::fflush(stdout);
  _exit(0);
}

}  // namespace
}  // namespace jobwarden::testing

int main(int argc, char** argv) {
  // The hook looks for the runner's worker above itself.
  const std::string worker = "Runner.Worker";
  if (argv[0] != worker) {
    std::vector<char*> words(argv, argv + argc);
    words[0] = const_cast<char*>(worker.c_str());
    words.push_back(nullptr);
    execv("/proc/self/exe", words.data());
    return 1;
  }
  jobwarden::testing::Measure(argc > 1 ? std::atoi(argv[1]) : 100);
}
