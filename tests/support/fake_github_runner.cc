#include "tests/support/fake_github_runner.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "tests/support/github_worker.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Outcome = GitHubRun::Outcome;

constexpr const char* kLogInterval = "FAKE_RUNNER_LOG_INTERVAL";

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): set by a signal's handler
volatile std::sig_atomic_t stop_asked = 0;

void Tell(const Json& event) {
  std::cout << event.dump() << std::endl;
}

// Gives the worker's status as waitpid does, and what it wrote on its standard error.
int RunWorker(const std::string& message, std::string& errors) {
  const std::string program = fs::read_symlink("/proc/self/exe").replace_filename("Runner.Worker");
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  const pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], STDERR_FILENO);
    execl(program.c_str(), program.c_str(), message.c_str(), nullptr);
    _exit(127);
  }
  const auto read_all = [&] {
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = read(ends[0], buffer.data(), buffer.size())) > 0;) {
      errors.append(buffer.data(), static_cast<std::size_t>(got));
    }
  };
  int status = 0;
  bool told = false;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    read_all();
    if (stop_asked != 0 && !std::exchange(told, true)) kill(pid, SIGINT);
    usleep(2000);
  }
  read_all();
  for (const int end : ends) close(end);
  return status;
}

void Take(const Json& event, GitHubSession& session) {
  const std::string what = event["event"];
  if (what == "job") {
    session.runs.emplace_back();
    return;
  }
  if (session.runs.empty()) return;
  GitHubRun& run = session.runs.back();
  if (what == "step") {
    run.steps.push_back({event["name"], "", 0, "", {}, {}});
  } else if (what == "annotation") {
    run.annotations.push_back({event["level"], event["title"], event["message"]});
  } else if (what == "summary") {
    run.summary += event["text"].get<std::string>();
  } else if (what == "crash") {
    run.crash = event["errors"];
  } else if (what == "result") {
    run.worker_died = event["worker_died"];
    run.outcome = event["result"] == "Succeeded"  ? Outcome::kSucceeded
                  : event["result"] == "Canceled" ? Outcome::kCancelled
                                                  : Outcome::kFailed;
  } else if (!run.steps.empty()) {
    GitHubStepRun& step = run.steps.back();
    if (what == "log") step.log += event["text"].get<std::string>();
    if (what == "container") step.container_calls.push_back(event["command"]);
    if (what == "outputs") {
      for (const auto& [name, value] : event["outputs"].items()) step.outputs[name] = value;
    }
    if (what == "end") {
      step.conclusion = event["conclusion"];
      step.exit_code = event["exit_code"];
    }
  }
}

void LinkOrCopy(const fs::path& from, const fs::path& to) {
  std::error_code other_disk;
  fs::create_hard_link(from, to, other_disk);
  if (other_disk) fs::copy_file(from, to);
}

// A runner of GitHub's with our driver in its listener's place.
void InstallReal(const GitHubRunnerHost& host) {
  const fs::path bin = fs::path(host.folder) / "bin";
  for (const auto& file : fs::recursive_directory_iterator(fs::path(host.real) / "bin")) {
    const fs::path to = bin / fs::relative(file.path(), fs::path(host.real) / "bin");
    if (file.is_directory()) {
      fs::create_directories(to);
    } else if (file.path().filename() != "Runner.Listener") {
      LinkOrCopy(file.path(), to);
    }
  }
  LinkOrCopy(fs::path(host.program).replace_filename("runner_driver"), bin / "Runner.Listener");
  fs::create_directory_symlink(fs::path(host.real) / "externals",
                               fs::path(host.folder) / "externals");
}

void Install(const GitHubRunnerHost& host) {
  const fs::path bin = fs::path(host.folder) / "bin";
  if (fs::exists(bin)) return;
  fs::create_directories(bin);
  std::ofstream(fs::path(host.folder) / ".runner") << Json({{"agentId", 1},
                                                            {"agentName", host.name},
                                                            {"poolId", 1},
                                                            {"serverUrl", "http://127.0.0.1/"},
                                                            {"gitHubUrl", "http://127.0.0.1/shop"},
                                                            {"workFolder", "_work"}})
                                                          .dump();
  if (!host.real.empty()) return InstallReal(host);
  // Files of their own: /proc/PID/exe is to name them.
  for (const char* name : {"Runner.Listener", "Runner.Worker"}) {
    LinkOrCopy(host.program, bin / name);
  }
  if (!host.node.empty()) {
    fs::create_directories(fs::path(host.node_path()).parent_path());
    fs::create_symlink(host.node, host.node_path());
  }
}

}  // namespace

std::string GitHubRun::log() const {
  std::string text;
  for (const GitHubStepRun& step : steps) text += step.log;
  return text;
}

const GitHubStepRun& GitHubRun::Step(const std::string& name) const {
  static const GitHubStepRun kAbsent{"", "absent", 0, "", {}, {}};
  for (const GitHubStepRun& step : steps) {
    if (step.name == name) return step;
  }
  return kAbsent;
}

const GitHubRun& GitHubSession::only() const {
  if (runs.size() != 1) throw std::runtime_error("not one job: " + diagnostics);
  return runs.front();
}

std::string RealRunner() {
  const char* const folder = std::getenv("JOBWARDEN_REAL_RUNNER");
  return folder == nullptr ? "" : folder;
}

std::string GitHubRunnerHost::workspace(const GitHubJob& job) const {
  const std::string part = job.repository.substr(job.repository.find('/'));
  return work() + part + part;
}

GitHubSession PlayGitHubJobs(const std::vector<GitHubJob>& jobs, const GitHubRunnerHost& host) {
  Install(host);
  std::vector<std::string> files;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    files.push_back(host.folder + "/message-" + std::to_string(i) + ".json");
    std::ofstream(files.back(), std::ios::binary) << Message(jobs[i]).dump();
  }
  return PlayGitHubMessages(files, host);
}

GitHubSession PlayGitHubMessages(const std::vector<std::string>& files,
                                 const GitHubRunnerHost& host) {
  Install(host);
  ChildOptions listener;
  listener.command = {host.folder + "/bin/Runner.Listener"};
  listener.command.insert(listener.command.end(), files.begin(), files.end());
  listener.environment = host.environment;
  listener.environment[kLogInterval] = std::to_string(host.log_interval.count());
  listener.folder = host.folder;
  listener.limit = host.limit;
  bool interrupted = false;
  listener.on_output = [&](pid_t pid, const std::string& received) {
    if (!host.interrupt_at.empty() && !interrupted &&
        received.find(host.interrupt_at) != received.npos) {
      interrupted = true;
      kill(pid, SIGINT);
    }
    if (host.on_output) host.on_output(pid, received);
  };
  const ChildResult result = RunChild(listener);

  GitHubSession session;
  session.exit_code = result.exit_code;
  session.hung = result.hung;
  session.diagnostics = result.err;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    const Json event = Json::parse(line, nullptr, false);
    if (event.is_object()) {
      Take(event, session);
    } else {
      session.diagnostics += "not an event: " + line + "\n";
    }
  }
  return session;
}

GitHubRun PlayGitHubJob(const GitHubJob& job, const GitHubRunnerHost& host) {
  return PlayGitHubJobs({job}, host).only();
}

int RunGitHubListener(const std::vector<std::string>& messages) {
  struct sigaction asked = {};
  asked.sa_handler = [](int) { stop_asked = 1; };
  sigaction(SIGINT, &asked, nullptr);
  for (const std::string& message : messages) {
    if (stop_asked != 0) break;
    Tell({{"event", "job"}});
    std::string errors;
    const int status = RunWorker(message, errors);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    const bool known =
        code == kWorkerSucceeded || code == kWorkerFailed || code == kWorkerCancelled;
    if (known) {
      std::cerr << errors;
    } else if (!errors.empty()) {
      Tell({{"event", "crash"}, {"errors", errors}});
    }
    Tell({{"event", "result"},
          {"result", code == kWorkerSucceeded   ? "Succeeded"
                     : code == kWorkerCancelled ? "Canceled"
                                                : "Failed"},
          {"worker_died", !known}});
  }
  return 0;
}

int RunGitHubWorker(const std::string& message) {
  std::ifstream file(message, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const char* const interval = std::getenv(kLogInterval);
  const int milliseconds = interval == nullptr ? 500 : std::atoi(interval);
  unsetenv(kLogInterval);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  return PlayMessage(text, milliseconds);
}

}  // namespace jobwarden::testing
