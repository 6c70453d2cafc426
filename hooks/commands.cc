#include "hooks/commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <string>

#include "hooks/github/container.h"
#include "hooks/github/job_completed.h"
#include "hooks/github/job_started.h"
#include "hooks/github/mint.h"
#include "hooks/gitlab/pre_build.h"
#include "verifier/base/version.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

template <int (*kRun)(const std::string& config_path, const Environment& environment)>
int Run(const HookArguments& arguments, const Environment& environment) {
  return kRun(arguments.config_path, environment);
}

int Mint(const HookArguments& arguments, const Environment& environment) {
  return RunMint(arguments.config_path, arguments.mint, environment);
}

int Help(const HookArguments&, const Environment&) {
  return Say(STDOUT_FILENO, fmt::format("{}\n", kHookUsage)) ? 0 : 1;
}

int ShowVersion(const HookArguments&, const Environment&) {
  return Say(STDOUT_FILENO, fmt::format("jobwarden-hook {}\n", Version())) ? 0 : 1;
}

constexpr std::array<HookCommand, 7> kCommands{{
    {"gitlab pre-build", Run<RunPreBuild>},
    {"github job-started", Run<RunJobStarted>},
    {"github job-completed", Run<RunJobCompleted>},
    {"github container", Run<RunContainer>},
    {kMintCommand, Mint},
    {"--help", Help},
    {"--version", ShowVersion},
}};

}  // namespace

std::span<const HookCommand> HookCommands() {
  return kCommands;
}

}  // namespace jobwarden
