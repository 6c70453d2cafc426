// runner_driver: stands in for GitHub's `Runner.Listener` and for its servers, so that GitHub's own
// `Runner.Worker` plays jobs of the tests. It lies beside that worker under the listener's name:
//   Runner.Listener MESSAGE...
// takes these jobs (tests/support/github_job.h), one after the other, and tells what became of them
// as the fake runner does: one event a line. SIGINT shuts it down, SIGUSR1 cancels the job.

#include <sys/wait.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tests/support/runner_message.h"
#include "tests/support/runner_service.h"
#include "tests/support/runner_worker.h"

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using jobwarden::testing::RunnerService;
using jobwarden::testing::RunnerWorker;
using jobwarden::testing::WorkerOrder;

constexpr int kPollMilliseconds = 20;
// The worker's exit codes.
constexpr int kSucceeded = 100;
constexpr int kLastKnown = 105;
constexpr int kCancelled = 103;

// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): set by a signal's handler
volatile std::sig_atomic_t shutdown_asked = 0;
volatile std::sig_atomic_t cancel_asked = 0;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

void Tell(const Json& event) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::cout << event.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

Json ReadJson(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Json::parse(std::string{std::istreambuf_iterator<char>(file), {}});
}

void PlayJob(const fs::path& root, const Json& job, const std::string& archives) {
  RunnerService service(archives, [](const std::string& line) {
    Tell({{"event", "live"}, {"text", line}});
  });
  RunnerWorker worker(root / "bin" / "Runner.Worker");
  worker.Tell(WorkerOrder::kJob,
              jobwarden::testing::RunnerMessage(job, service.url(), archives).dump(-1, ' ', true));
  bool told = false;
  while (!worker.Ended(kPollMilliseconds)) {
    if (told || (shutdown_asked == 0 && cancel_asked == 0)) continue;
    worker.Tell(shutdown_asked != 0 ? WorkerOrder::kShutdown : WorkerOrder::kCancel);
    told = true;
  }
  cancel_asked = 0;
  for (const Json& event : service.Kept()) Tell(event);
  const int status = worker.status();
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  // A worker that was asked to end may end with the status of that signal although it told all.
  const bool known = (code >= kSucceeded && code <= kLastKnown) || service.completed();
  if (!known) Tell({{"event", "crash"}, {"errors", worker.output()}});
  Tell({{"event", "result"},
        {"result", code == kSucceeded   ? "Succeeded"
                   : code == kCancelled ? "Canceled"
                                        : "Failed"},
        {"worker_died", !known}});
}

}  // namespace

int main(int argc, char** argv) {
  struct sigaction asked = {};
  asked.sa_handler = [](int number) { (number == SIGUSR1 ? cancel_asked : shutdown_asked) = 1; };
  sigaction(SIGINT, &asked, nullptr);
  sigaction(SIGUSR1, &asked, nullptr);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  try {
    const fs::path root = fs::read_symlink("/proc/self/exe").parent_path().parent_path();
    for (int i = 1; i < argc && shutdown_asked == 0; ++i) {
      Tell({{"event", "job"}});
      PlayJob(root, ReadJson(argv[i]), root / ("archives-" + std::to_string(i)));
    }
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "runner_driver: " << error.what() << "\n";
    return 3;
  }
}
