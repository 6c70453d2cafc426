#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/arguments.h"
#include "executor/job_log.h"
#include "executor/stage.h"
#include "verifier/base/version.h"

namespace jobwarden {
namespace {

constexpr std::array<std::pair<std::string_view, int (*)(const Call&)>, 4> kStages{{
    {"config", RunConfigStage},
    {"prepare", RunPrepareStage},
    {"run", RunScriptStage},
    {"cleanup", RunCleanupStage},
}};

// A file that is opened while a standard descriptor is closed would become that descriptor.
bool StandardDescriptorsAreOpen() {
  int fd = 0;
  while (fd >= 0 && fd <= STDERR_FILENO) fd = open("/dev/null", O_RDWR);
  return fd >= 0 && close(fd) == 0;
}

int Main(const std::vector<std::string_view>& words, Environment environment, mode_t job_umask) {
  const auto arguments = ParseArguments(words);
  if (!arguments) return Fail(environment, arguments.findings());
  if (arguments->command == "--help") {
    Say(STDOUT_FILENO, fmt::format("{}\n", kUsage));
    return 0;
  }
  if (arguments->command == "--version") {
    Say(STDOUT_FILENO, fmt::format("jobwarden-executor {}\n", Version()));
    return 0;
  }
  const Call call{*arguments, std::move(environment), job_umask};
  for (const auto& [name, stage] : kStages) {
    if (call.arguments.command != name) continue;
    try {
      return stage(call);
    } catch (const std::exception& problem) {
      const int status =
          Fail(call.environment, {{Code::kDriverFailed, problem.what(), "", {}, false}});
      return name == "cleanup" ? 0 : status;
    }
  }
  return ExitStatus(call.environment, Outcome::kError);
}

}  // namespace
}  // namespace jobwarden

int main(int argc, char** argv) {
  using jobwarden::Environment;
  try {
    const auto hidden = jobwarden::HideProcess();
    Environment environment = Environment::Take();
    if (!hidden) return jobwarden::Fail(environment, hidden.findings());
    if (!jobwarden::StandardDescriptorsAreOpen()) {
      return jobwarden::ExitStatus(environment, jobwarden::Outcome::kError);
    }
    return jobwarden::Main({argv + std::min(argc, 1), argv + argc}, std::move(environment),
                           umask(077));
  } catch (...) {
    jobwarden::Say(STDERR_FILENO, "jobwarden: DRIVER_FAILED: out of memory\n");
    return 2;
  }
}
