#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/arguments.h"
#include "executor/stage.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/version.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

constexpr std::array<std::pair<std::string_view, int (*)(const Call&)>, 4> kStages{{
    {"config", RunConfigStage},
    {"prepare", RunPrepareStage},
    {"run", RunScriptStage},
    {"cleanup", RunCleanupStage},
}};

constexpr std::string_view kAbout =
    "GitLab Runner calls it, as [runners.custom] in the runner's config.toml says. To check a\n"
    "configuration by hand: jobwarden config check [--config FILE]";

Finding Unexpected(const std::exception& problem) {
  if (dynamic_cast<const std::bad_alloc*>(&problem) != nullptr) {
    return {Code::kDriverFailed, "out of memory", "free memory"};
  }
  return {Code::kDriverFailed, problem.what(),
          "this is a fault of jobwarden: report it, with this line"};
}

int Main(const std::vector<std::string_view>& words, Environment environment,
         const JobLimits& job_limits) {
  const auto arguments = ParseArguments(words);
  if (!arguments) return Fail(environment, arguments.findings());
  if (arguments->command == "--help") {
    Say(STDOUT_FILENO, fmt::format("{}\n{}\n", kUsage, kAbout));
    return 0;
  }
  if (arguments->command == "--version") {
    Say(STDOUT_FILENO, fmt::format("jobwarden-executor {}\n", Version()));
    return 0;
  }
  const Call call{*arguments, std::move(environment), job_limits};
  for (const auto& [name, stage] : kStages) {
    if (call.arguments.command != name) continue;
    try {
      return stage(call);
    } catch (const std::exception& problem) {
      const int status = Fail(call.environment, {Unexpected(problem)});
      return name == "cleanup" ? 0 : status;
    }
  }
  return ExitStatus(call.environment, Outcome::kError);
}

int Start(int argc, char** argv) {
  try {
    const auto hidden = HideProcess();
    Environment environment = Environment::Take();
    if (!hidden) return Fail(environment, hidden.findings());
    // The process that started this one may ignore it, and then nobody can tell how a child ended.
    (void)signal(SIGCHLD, SIG_DFL);
    if (!OpenStandardDescriptors()) return ExitStatus(environment, Outcome::kError);
    // libcrypto's error texts and ciphers are not used, and would be a fifth of a short call.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS,
                        nullptr);
    return Main({argv + std::min(argc, 1), argv + argc}, std::move(environment),
                {umask(077), *hidden});
  } catch (...) {
    Say(STDERR_FILENO, "jobwarden: DRIVER_FAILED: out of memory\n");
    return 2;
  }
}

}  // namespace
}  // namespace jobwarden

int main(int argc, char** argv) {
  // Nothing is buffered and every secret is wiped by now: libcrypto need not tidy up at length.
  _exit(jobwarden::Start(argc, argv));
}
