#include "tests/e2e/harness.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <utility>

#include "tests/support/places.h"

namespace jobwarden::testing {
namespace {

using boost::test_tools::predicate_result;

// One time for all tokens of a test: the same job has the same tokens each time it is sent.
std::time_t IssuedAt() {
  static const std::time_t at = std::time(nullptr);
  return at;
}

std::string Calls(const JobRun& run) {
  std::string text;
  for (const std::string& name : run.CallNames()) text.append(name).append(" ");
  return text;
}

bool IsStage(const std::string& call) {
  return call != "config" && call != "prepare" && call != "cleanup";
}

predicate_result EndedInPrepare(const JobRun& run, Outcome outcome, const std::string& code) {
  const auto names = run.CallNames();
  if (run.outcome != outcome || std::any_of(names.begin(), names.end(), IsStage)) {
    return No("calls: " + Calls(run) + "\nlog:\n" + run.log());
  }
  return Has(run.log(), " " + code + ": ");
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Outcome outcome) {
  constexpr const char* kNames[] = {"succeeded", "job failed", "system failure", "canceled",
                                    "timed out"};
  return out << kNames[static_cast<int>(outcome)];
}

predicate_result Lacks(const Files& files, const std::string& part) {
  for (const auto& [name, text] : files) {
    if (text.find(part) != text.npos) return No(std::string(name).append(" holds: ").append(part));
  }
  return true;
}

predicate_result Denied(const JobRun& run, const std::string& code) {
  return EndedInPrepare(run, Outcome::kJobFailed, code);
}

predicate_result Broken(const JobRun& run, const std::string& code) {
  return EndedInPrepare(run, Outcome::kSystemFailure, code);
}

Job JobThat(const std::vector<std::string>& script) {
  Job job = ProtectedDeploy();
  job.script = script;
  return job;
}

std::string Out(const JobRun& run, const std::string& stage) {
  const Call* call = run.Find(stage);
  if (call == nullptr) return stage + " was not called:\n" + run.log();
  return "\n" + call->result.out;
}

void Change(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  if (at == text.npos || text.find(from, at + 1) != text.npos) {
    std::cerr << "not there once: " << from << "\n";
    std::abort();
  }
  text.replace(at, from.size(), to);
}

std::string WrapCommands(const std::string& words) {
  std::string lines;
  for (const char* name : {"config", "prepare", "run", "cleanup"}) {
    lines.append(name).append(" = [").append(words).append(", \"").append(name).append("\"]\n");
  }
  return lines;
}

RunnerHost::RunnerHost() {
  folder.Write("gitlab-keys.json", signer.KeySetJson());
  std::filesystem::create_directory(Path("tmp"));
  options.driver = {Program("jobwarden-executor"), "--config", config_path()};
  options.folder = Path("tmp");
  options.environment = {{"PATH", std::getenv("PATH")},
                         {"HOME", folder.path()},
                         {"USER", "gitlab-runner"},
                         {"LANG", "C.UTF-8"},
                         {"RUNNER_REGISTRATION_SECRET", "of-the-runner-alone"}};
  config = R"(version = 1
mode = "enforce"
help = "ask #ci-platform"
state_dir = "@/state"

[[issuer]]
name = "gitlab"
provider = "gitlab"
url = "https://gitlab.example.com"
audience = "https://ci-runners.example.com"
[issuer.keys]
file = "@/gitlab-keys.json"

[[allow]]
name = "shop deploys"
claims = { project_path = "shop/**", ref_protected = true }

[executor]
shell = "bash"
builds_dir = "@/builds"
cache_dir = "@/cache"
shared_user = true

[audit]
file = "@/audit.jsonl"
)";
  for (auto at = config.find('@'); at != config.npos; at = config.find('@', at)) {
    config.replace(at, 1, folder.path());
  }
}

void RunnerHost::Wrap(const std::string& commands) {
  const auto begin = config.find("[executor]\n");
  config.replace(begin, config.find("[audit]") - begin,
                 "[executor]\ndriver = \"wrap\"\n[executor.wrap]\n" + commands + "\n");
}

void RunnerHost::ShowDriver(const std::string& source, const std::string& path) {
  std::vector<std::string> driver{"/usr/bin/unshare",
                                  "--mount",
                                  "/bin/sh",
                                  "-c",
                                  "mount --bind '" + source + "' '" + path + "' && exec \"$@\"",
                                  "sh"};
  driver.insert(driver.end(), options.driver.begin(), options.driver.end());
  options.driver = std::move(driver);
}

JobRun RunnerHost::Play(const Job& job) {
  return Play(Sent(job));
}

RunnerJob RunnerHost::Sent(const Job& job) const {
  return Send(job, signer, IssuedAt());
}

JobRun RunnerHost::Play(const RunnerJob& job) {
  folder.Write("jobwarden.toml", config);
  JobRun run = PlayJob(job, options);
  BOOST_TEST(!run.hung(), "a call of the driver did not end:\n" << run.log());
  return run;
}

std::string RunnerHost::TokenOf(const Job& job, const std::string& name) const {
  for (const IdToken& token : job.id_tokens) {
    if (token.name == name) return TokenText(job, token, signer, IssuedAt());
  }
  std::abort();
}

void CancelIsGraceful(RunnerHost& host) {
  Job job = JobThat({"trap 'echo told; exit 1' TERM", "echo ready", "sleep 1000 & wait"});
  job.after_script = {"echo bye"};
  host.options.interruption = RunnerOptions::Interruption::kCancel;
  host.options.interrupt_at = "\nready\n";
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kCanceled);
  BOOST_TEST(Has(Out(run), "\ntold\n"));
  BOOST_TEST(Has(Out(run, "after_script"), "\nbye\n"));
  BOOST_TEST(run.CallNames().back() == "cleanup");
}

}  // namespace jobwarden::testing
