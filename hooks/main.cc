#include <fmt/format.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <string_view>
#include <vector>

#include "hooks/arguments.h"
#include "hooks/commands.h"
#include "hooks/github/runner_process.h"
#include "hooks/github/stop_job.h"
#include "verifier/admission/job_log.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

constexpr int kRefused = 1;

using Words = std::vector<std::string_view>;

// Ends the program before a command could decide. If a job-started hook only failed, the job's
// steps under `if: always()` would still run. A job-completed hook must not fail a job that is
// over.
int EndUndecided(const Words& words, std::string_view why) {
  Say(STDERR_FILENO, why);
  const auto is = [&](std::string_view command) {
    return std::find(words.begin(), words.end(), command) != words.end();
  };
  if (is("job-started") && !StopJob(OnDeny::kStopJob, false, why, FindRunnerProcesses())) {
    return kGoesOn;
  }
  return is("job-completed") ? 0 : kRefused;
}

int Main(const Words& words, const Environment& environment) {
  const auto arguments = ParseHookArguments(words);
  if (!arguments) return EndUndecided(words, FindingsText(arguments.findings()));
  for (const HookCommand& command : HookCommands()) {
    if (command.name == arguments->command) return command.run(*arguments, environment);
  }
  return kRefused;
}

int Start(const Words& words) {
  try {
    const auto hidden = HideProcess();
    const Environment environment = Environment::Take();
    if (!hidden) return EndUndecided(words, FindingsText(hidden.findings()));
    if (!OpenStandardDescriptors()) return EndUndecided(words, "");
    // libcrypto's error texts and ciphers are not needed, and take a fifth of a short call. Its
    // configuration file is the job image's here.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
                            OPENSSL_INIT_NO_LOAD_CONFIG,
                        nullptr);
    return Main(words, environment);
  } catch (const std::exception& problem) {
    return EndUndecided(words, fmt::format("jobwarden: DRIVER_FAILED: {}\n", problem.what()));
  }
}

}  // namespace
}  // namespace jobwarden

int main(int argc, char** argv) {
  // Nothing is buffered and every secret is wiped, so libcrypto's long clean-up is left out.
  _exit(jobwarden::Start({argv + std::min(argc, 1), argv + argc}));
}
