// jobwarden-guard runs in place of a shell of a GitHub step, under the shell's own name, in a
// folder that the job-started hook puts on PATH. It starts nothing in a denied job. In a step that
// the runner itself started, it replaces GitHub's URL and bearer token by the broker's URL and a
// ticket. Then it becomes the real program.
//
// It takes its folder out of PATH, so that the programs below find no guard. So the first guard of
// a step decides for all of them, and no program can lead back here.
//
// It limits what a step can reach by accident. It is not a wall: the step's own user can avoid it.

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <exception>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/guard/environment_block.h"
#include "hooks/guard/held_credentials.h"
#include "hooks/guard/kept_step.h"
#include "hooks/guard/search_path.h"
#include "hooks/guard/settings.h"
#include "hooks/guard/step_ticket.h"
#include "hooks/step/guarded_names.h"
#include "hooks/step/step_decision.h"
#include "hooks/step/token_use.h"
#include "hooks/step/words.h"
#include "verifier/broker/ticket_request.h"
#include "verifier/consumers/consumer_list.h"

namespace jobwarden {
namespace {

// The exit statuses of shells.
constexpr int kRefused = 1;
constexpr int kUsage = 2;
constexpr int kCannotStart = 126;
constexpr int kNotFound = 127;

constexpr std::string_view kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// Prints one line, which never begins with a command of the runner.
void Say(std::string_view text) {
  std::string line = std::string("jobwarden: ").append(text).append("\n");
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t written = write(STDERR_FILENO, line.data() + done, line.size() - done);
    if (written <= 0) return;
    done += static_cast<std::size_t>(written);
  }
}

// The bytes of a file of the guard's folder; nothing if it cannot be read or has more than `most`.
std::optional<std::string> ReadBeside(const std::string& folder, std::string_view name,
                                      std::size_t most) {
  const std::string path = std::string(folder).append("/").append(name);
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  std::string text(most + 1, '\0');
  std::size_t size = 0;
  ssize_t got = 0;
  while (size < text.size() && (got = read(fd, text.data() + size, text.size() - size)) > 0) {
    size += static_cast<std::size_t>(got);
  }
  close(fd);
  text.resize(size);
  return got == 0 ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<GuardSettings> ReadSettings(const std::string& folder) {
  const auto text = ReadBeside(folder, kGuardSettingsName, kMaxGuardSettingsBytes);
  auto settings = text ? ParseGuardSettings(*text) : std::nullopt;
  if (settings) {
    settings->list =
        ReadBeside(folder, kGuardListName, kMaxConsumerListBytes).value_or(std::string());
  }
  return settings;
}

std::string WorkingFolder() {
  std::string folder(4096, '\0');
  return getcwd(folder.data(), folder.size()) == nullptr ? "" : folder.c_str();
}

StepCall CallOf(const EnvironmentBlock& environment, const GuardStart& self,
                const std::vector<std::string_view>& arguments) {
  StepCall call;
  call.program = self.name;
  call.arguments = arguments;
  call.folder = WorkingFolder();
  call.workspace = environment.Get("GITHUB_WORKSPACE");
  call.action = environment.Get("GITHUB_ACTION_PATH");
  call.temporary = environment.Get("RUNNER_TEMP");
  call.home = environment.Get("HOME");
  for (char** entry = environ; *entry != nullptr; ++entry) call.environment.emplace_back(*entry);
  return call;
}

StepUse StepUseOf(TokenUse use, StepTokens step_tokens) {
  switch (use) {
    case TokenUse::kNamed:
      return StepUse::kNamed;
    case TokenUse::kUnknown:
      return StepUse::kUnknown;
    case TokenUse::kNone:
      break;
  }
  return step_tokens == StepTokens::kAny ? StepUse::kUnnamed : StepUse::kRefused;
}

// Takes GitHub's URL and bearer token out of the step.
void Limit(const GuardSettings& settings, TokenUse use, EnvironmentBlock& environment) {
  // What an action of JavaScript starts has GitHub's own variables, as the action has. So has all
  // that is below a shell that no guard replaced.
  const bool is_step = !settings.broker.empty() && getppid() == settings.worker;
  if (!is_step) {
    if (use != TokenUse::kNone || settings.step_tokens == StepTokens::kAny) return;
    for (const std::string_view name : kRequestVariables) environment.Drop(name);
    return;
  }
  const StepTicket taken = TakeTicket(settings, StepUseOf(use, settings.step_tokens), environment);
  if (taken.broker_is_gone) {
    Say("the token broker of this job has ended: this step cannot request id_tokens");
  }
  for (const std::string& name : taken.others) {
    Say(name + " is not in this step, because it held the token that requests id_tokens");
  }
}

// Becomes the real program. Returns an exit status on failure.
int Start(const GuardStart& self, std::string_view known, char** arguments,
          EnvironmentBlock& environment) {
  const std::string_view path = environment.Has("PATH") ? environment.Get("PATH") : kDefaultPath;
  int status = kNotFound;
  std::string why = "no such program on PATH besides the step guard";
  // A program that was started by its path looks for its own files there (python).
  const bool by_path = std::strchr(arguments[0], '/') != nullptr;
  std::vector<std::string> programs = FindPrograms(self.name, path);
  // The runner looks for shells on its own PATH, and the job's own may not lead there.
  if (!known.empty()) programs.emplace_back(known);
  for (std::string& program : programs) {
    if (by_path) arguments[0] = program.data();
    execve(program.c_str(), arguments, environment.entries());
    status = kCannotStart;
    why = "cannot start " + program + ": " + strerrordesc_np(errno);
  }
  Say(self.name + ": " + why);
  return status;
}

int Guard(int count, char** arguments, char** variables) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the auxiliary vector has only numbers
  const auto* started = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  GuardStart self = FindGuardStart(started == nullptr ? "" : started);
  // If the guard is the interpreter of a script, execve got the path of the script.
  if (self.folder.empty() && count > 0) self = FindGuardStart(arguments[0]);
  const auto& names = kGuardedNames;
  if (count < 1 || std::find(std::begin(names), std::end(names), self.name) == std::end(names)) {
    Say("jobwarden-guard is started under the name of a shell, by a step of a GitHub job");
    return kUsage;
  }
  const auto settings =
      self.folder.empty() ? std::optional<GuardSettings>() : ReadSettings(self.folder);
  if (!settings) {
    // Nobody knows now whether the job was denied, and a denied job must not go on.
    Say(self.name + " was not started: the step guard cannot read " +
        std::string(kGuardSettingsName) + " beside itself, which says whether this job may run");
    return kRefused;
  }
  if (!settings->allowed) {
    for (const std::string& line : settings->denial) Say(line);
    Say(self.name + " was not started: this job was refused");
    return kRefused;
  }
  EnvironmentBlock environment(variables);
  const StepCall call = CallOf(environment, self, {arguments + 1, arguments + count});
  const auto is_there = [&](std::string_view name) { return environment.Has(name); };
  if (std::any_of(std::begin(kRequestVariables), std::end(kRequestVariables), is_there) &&
      !IsBrokerUrl(environment.Get(kRequestVariables[0]))) {
    Limit(*settings, DecideStep(*settings, environment.Get("GITHUB_ACTION"), call), environment);
  }
  const auto become = [&] {
    environment.Replace("PATH", WithoutGuardFolders(environment.Get("PATH")));
    return Start(self, settings->ProgramOf(self.name), arguments, environment);
  };
  if (!settings->strips_git) return become();
  const HeldCredentials credentials(self.folder + "/git", std::string(call.workspace),
                                    std::string(call.temporary));
  if (!IsOnlyStep(settings->worker) ||
      MayCallGit(*settings, environment.Get("GITHUB_ACTION"), call)) {
    // A step that was killed with all its processes may have left them taken.
    credentials.GiveBack();
    return become();
  }
  return RunWithoutCredentials(credentials, become);
}

}  // namespace
}  // namespace jobwarden

int main(int count, char** arguments, char** variables) {
  // No core dump may show the request variables. execve ends this.
  prctl(PR_SET_DUMPABLE, 0);
  try {
    return jobwarden::Guard(count, arguments, variables);
  } catch (const std::exception&) {  // out of memory
    jobwarden::Say("the step guard failed, and nothing was started");
    return jobwarden::kCannotStart;
  }
}
