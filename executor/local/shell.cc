#include "executor/local/shell.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

void HandOn(const Environment& ours, std::string_view name, std::vector<std::string>& to) {
  const auto found = ours.variables().find(name);
  if (found != ours.variables().end()) {
    to.push_back(fmt::format("{}={}", name, found->second.view()));
  }
}

}  // namespace

std::string_view ShellName(Shell shell) {
  switch (shell) {
    case Shell::kSh:
      return "sh";
    case Shell::kPwsh:
      return "pwsh";
    case Shell::kBash:
      break;
  }
  return "bash";
}

Result<std::vector<std::string>> ShellCommand(Shell shell, std::string_view path) {
  const std::string_view name = ShellName(shell);
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    if (!folder.starts_with('/')) continue;
    std::string program = fmt::format("{}/{}", folder, name);
    if (access(program.c_str(), X_OK) != 0) continue;
    std::vector<std::string> command{std::move(program)};
    if (shell == Shell::kPwsh) {
      for (const auto* word : {"-NoProfile", "-NonInteractive", "-Command", "-"}) {
        command.emplace_back(word);
      }
    }
    return command;
  }
  return Finding{Code::kDriverFailed, fmt::format("shell: no {} in PATH {}", name, Quote(path)),
                 "install it, or set executor.shell to another one"};
}

std::vector<std::string> ScriptEnvironment(const Environment& ours,
                                           const ScriptSettings& settings) {
  std::vector<std::string> environment = ProxySettings(ours);
  for (const auto* name : {"PATH", "LANG", "TERM"}) HandOn(ours, name, environment);
  if (settings.user == nullptr) {
    HandOn(ours, "USER", environment);
  } else {
    for (const auto* name : {"USER", "LOGNAME"}) {
      environment.push_back(fmt::format("{}={}", name, settings.user->name));
    }
  }
  if (settings.home.empty()) {
    HandOn(ours, "HOME", environment);
  } else {
    environment.push_back("HOME=" + settings.home);
  }
  environment.push_back("SHELL=" + settings.shell);
  environment.push_back("TMPDIR=" + settings.temporary);
  return environment;
}

Result<Fd> SealedFile(std::string_view bytes) {
  const auto failed = [](int error) {
    return Finding{Code::kDriverFailed, "script in memory: " + ErrorText(error), "free memory"};
  };
  Fd fd = MemoryFile("jobwarden-script", bytes, MFD_ALLOW_SEALING);
  if (!fd) return failed(errno);
  constexpr int kSeals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  if (fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0) return failed(errno);
  return fd;
}

}  // namespace jobwarden
