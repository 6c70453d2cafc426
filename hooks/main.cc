#include <fmt/format.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/arguments.h"
#include "hooks/hook.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/version.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

constexpr int kRefused = 1;

constexpr std::array<std::pair<std::string_view, int (*)(const HookCall&)>, 5> kCommands{{
    {"gitlab pre-build", RunGitLabPreBuild},
    {"github job-started", RunGitHubJobStarted},
    {"github job-completed", RunGitHubJobCompleted},
    {"github container", RunGitHubContainer},
    {"github mint", RunGitHubMint},
}};

int Main(const std::vector<std::string_view>& words, Environment environment) {
  auto arguments = ParseHookArguments(words);
  if (!arguments) {
    Say(STDERR_FILENO, FindingsText(arguments.findings()));
    return kRefused;
  }
  if (arguments->command == "--help") {
    Say(STDOUT_FILENO, fmt::format("{}\n", kHookUsage));
    return 0;
  }
  if (arguments->command == "--version") {
    Say(STDOUT_FILENO, fmt::format("jobwarden-hook {}\n", Version()));
    return 0;
  }
  const HookCall call{*std::move(arguments), std::move(environment)};
  for (const auto& [name, command] : kCommands) {
    if (call.arguments.command == name) return command(call);
  }
  return kRefused;
}

int Start(int argc, char** argv) {
  try {
    const auto hidden = HideProcess();
    Environment environment = Environment::Take();
    if (!hidden) {
      Say(STDERR_FILENO, FindingsText(hidden.findings()));
      return kRefused;
    }
    if (!OpenStandardDescriptors()) return kRefused;
    // Its error texts, which nobody asks for, would be a twentieth of a short call.
    // Its configuration is here that of the job's image.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
    return Main({argv + std::min(argc, 1), argv + argc}, std::move(environment));
  } catch (const std::exception& problem) {
    Say(STDERR_FILENO, "jobwarden: DRIVER_FAILED: ");
    Say(STDERR_FILENO, problem.what());
    Say(STDERR_FILENO, "\n");
    return kRefused;
  }
}

}  // namespace
}  // namespace jobwarden

int main(int argc, char** argv) {
  // Nothing is buffered and every secret is wiped by now: libcrypto need not tidy up at length.
  _exit(jobwarden::Start(argc, argv));
}
