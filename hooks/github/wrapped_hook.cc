#include "hooks/github/wrapped_hook.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "hooks/guard/search_path.h"
#include "hooks/step/words.h"
#include "verifier/base/text.h"
#include "verifier/os/below.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kShells[] = {"/bin/bash", "/usr/bin/bash", "/bin/sh"};

Finding Refuse(std::string why, std::string hint) {
  return {Code::kConfigInvalid, "github.container_hooks: " + std::move(why), std::move(hint)};
}

// The path without links, as far as it exists. So `..` does not evade the check.
fs::path Real(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return error ? path.lexically_normal() : real;
}

std::string PathWithoutJobs(const Environment& environment) {
  std::vector<fs::path> jobs = {"/proc", "/dev"};
  if (const auto temp = environment.Get("RUNNER_TEMP"); !temp.empty()) {
    jobs.push_back(Real(temp).parent_path());
  }
  if (const auto tools = environment.Get("RUNNER_TOOL_CACHE"); !tools.empty()) {
    jobs.push_back(Real(tools));
  }
  const std::string all = WithoutGuardFolders(environment.Get("PATH"));
  std::string kept;
  for (std::string_view rest = all; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    if (!part.starts_with("/")) continue;
    const fs::path real = Real(part);
    const fs::path named = fs::path(part).lexically_normal();
    const auto holds = [&](const fs::path& folder) {
      return IsBelow(real, folder) || IsBelow(named, folder);
    };
    if (std::any_of(jobs.begin(), jobs.end(), holds)) continue;
    if (!kept.empty()) kept += ':';
    kept += part;
  }
  return kept.empty() ? "/usr/local/bin:/usr/bin:/bin" : kept;  // shells read an empty PATH as "."
}

}  // namespace

Result<WrappedHook> FindWrappedHook(const std::vector<std::string>& command,
                                    const Environment& environment, bool strips) {
  if (command.empty()) {
    return Refuse("expected the container hook that runs the containers, got nothing",
                  "name the file that ACTIONS_RUNNER_CONTAINER_HOOKS named before: "
                  "container_hooks = [\"/home/runner/k8s/index.js\"]");
  }
  const std::string& file = command.front();
  if (access(file.c_str(), R_OK) != 0) {
    return Refuse(fmt::format("{}: {}", Quote(file), ErrorText(errno)), "");
  }
  WrappedHook hook;
  hook.program = file;
  // In the end the runner kills container.js, which it started, and not the processes below.
  hook.ends_with_parent = !environment.Get(kNodeVariable).empty();
  if (file.ends_with(".js")) {
    hook.program = environment.Get(kNodeVariable);
    hook.arguments = {file};
    if (!hook.program.starts_with("/")) {
      return Refuse(
          fmt::format("{}: no node to start it with", Quote(file)),
          "set ACTIONS_RUNNER_CONTAINER_HOOKS to container.js, which passes its own node on");
    }
  } else if (file.ends_with(".sh")) {
    const auto found = std::find_if(std::begin(kShells), std::end(kShells), [](auto shell) {
      return access(std::string(shell).c_str(), X_OK) == 0;
    });
    hook.program = found == std::end(kShells) ? kShells[0] : *found;
    hook.arguments = {"-e", file};
  }
  hook.arguments.insert(hook.arguments.end(), command.begin() + 1, command.end());

  for (const auto& [name, value] : environment.variables()) {
    const bool requests = std::find(std::begin(kRequestVariables), std::end(kRequestVariables),
                                    name) != std::end(kRequestVariables);
    if (name == kNodeVariable || (strips && requests)) continue;
    hook.environment.emplace_back(name == "PATH"
                                      ? "PATH=" + PathWithoutJobs(environment)
                                      : std::string(name).append("=").append(value.view()));
  }
  return hook;
}

Finding ExecWrappedHook(const WrappedHook& hook, std::string_view input) {
  const auto failed = [&](int error) {
    return Finding{Code::kDriverFailed,
                   fmt::format("container hook {}: {}", Quote(hook.program), ErrorText(error))};
  };
  const Fd message = MemoryFile("message", input);
  if (!message || dup2(message.get(), STDIN_FILENO) < 0) return failed(errno);
  if (hook.ends_with_parent && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return failed(errno);
  std::vector<Secret> words;
  words.emplace_back(hook.program);
  for (const std::string& argument : hook.arguments) words.emplace_back(argument);
  execve(hook.program.c_str(), ExecVector(words).data(), ExecVector(hook.environment).data());
  return failed(errno);
}

}  // namespace jobwarden
