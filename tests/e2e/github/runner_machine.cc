#include "tests/e2e/github/runner_machine.h"

#include <filesystem>

#include "tests/support/places.h"

namespace jobwarden::testing {

namespace fs = std::filesystem;

RunnerMachine::RunnerMachine(const std::string& issuer_path) : issuer(issuer_path) {
  issuer.SetKeys(signer.KeySetJson());
  config = "version = 1\nhelp = \"ask #ci-platform\"\nstate_dir = \"" + Path("state") +
           "\"\n\n[[issuer]]\nname = \"github\"\nprovider = \"github\"\nurl = \"" + issuer.url() +
           "\"\naudience = \"" + kGitHubRunnerAudience +
           "\"\n\n[[allow]]\nname = \"deploys\"\n"
           "claims = { repository = \"shop/*\", ref = \"refs/heads/main\" }\n\n"
           "[github]\nshared_user = true\n\n[audit]\nfile = \"" +
           Path("audit.jsonl") + "\"\n";
  host.program = Program("fake_github_runner");
  host.folder = folder / "runner";
  host.log_interval = std::chrono::milliseconds(20);
  host.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"},
                      {"HOME", folder.path()},
                      {"ACTIONS_RUNNER_HOOK_JOB_STARTED", Path("opt/job-started.sh")}};
}

GitHubRun RunnerMachine::Play(std::vector<GitHubStep> steps) {
  if (may_request) endpoint.Serve(job);
  return PlayAsIs(std::move(steps));
}

GitHubSession RunnerMachine::PlayAll(std::vector<GitHubJob> jobs) {
  Install();
  for (GitHubJob& each : jobs) endpoint.Serve(each);
  return PlayGitHubJobs(jobs, host);
}

GitHubRun RunnerMachine::PlayAsIs(std::vector<GitHubStep> steps) {
  Install();
  job.steps = std::move(steps);
  return PlayGitHubJob(job, host);
}

void RunnerMachine::SetGitHub(const std::string& lines) {
  const std::string heading = "[github]\n";
  config.insert(config.find(heading) + heading.size(), lines + "\n");
}

std::string RunnerMachine::place() const {
  const fs::path all = Path("state/github");
  if (!fs::exists(all)) return "";
  for (const auto& entry : fs::directory_iterator(all)) return entry.path();
  return "";
}

// As the README has an administrator do it: programs and hook files in one folder, and in the
// hook files the place of the configuration.
void RunnerMachine::Install() {
  folder.Write("jobwarden.toml", config);
  fs::create_directories(Path("opt"));
  for (const char* program : {"jobwarden", "jobwarden-hook", "jobwarden-guard"}) {
    const fs::path link = fs::path(Path("opt")) / program;
    if (!fs::exists(fs::symlink_status(link))) fs::create_symlink(Program(program), link);
  }
  for (const auto& file : fs::directory_iterator(InCheckout("install/github"))) {
    const std::string shipped = "/etc/jobwarden/jobwarden.toml";
    std::string text = Slurp(file.path());
    const auto at = text.find(shipped);
    if (at != text.npos) text.replace(at, shipped.size(), config_path());
    folder.Write("opt/" + file.path().filename().string(), text);
  }
}

}  // namespace jobwarden::testing
