#include "executor/local/sandbox_root.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "verifier/os/below.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

// These belong to the sandbox, or do not concern a job.
constexpr std::array<std::string_view, 8> kNotShown{"boot", "dev",  "home", "lost+found",
                                                    "proc", "root", "run",  "tmp"};
constexpr const char* kSecondTemporary = "/var/tmp";

bool IsShownAtRoot(const std::string& name) {
  return std::find(kNotShown.begin(), kNotShown.end(), name) == kNotShown.end();
}

// Name servers are often listed in a file of /run, which /etc/resolv.conf is a link to.
void AppendNameServers(std::vector<std::string>& command) {
  std::error_code error;
  fs::path at = "/etc/resolv.conf";
  constexpr int kMaxLinks = 8;
  for (int i = 0; i < kMaxLinks && fs::is_symlink(at, error); ++i) {
    at = (at.parent_path() / fs::read_symlink(at, error)).lexically_normal();
    if (!IsBelow(at, "/run") && !IsBelow(at, "/var/run")) continue;
    const fs::path file = fs::canonical(at, error);
    if (!error) command.insert(command.end(), {"--ro-bind", file, at});
    return;
  }
}

}  // namespace

bool IsShownInSandbox(const fs::path& path) {
  const auto top = std::next(path.begin());
  if (top == path.end()) return true;
  return IsShownAtRoot(top->string()) && !IsBelow(path, kSecondTemporary);
}

fs::path PathInSandbox(const fs::path& path) {
  constexpr int kMaxLinks = 40;
  fs::path whole = "/";
  fs::path rest = path.lexically_normal().relative_path();
  for (int links = 0; !rest.empty();) {
    const fs::path next = whole / *rest.begin();
    rest = rest.lexically_relative(*rest.begin());
    if (rest == ".") rest.clear();
    std::error_code error;
    if (links == kMaxLinks || !IsShownInSandbox(next) || !fs::is_symlink(next, error)) {
      whole = next;
      continue;
    }
    ++links;
    rest = (whole / fs::read_symlink(next, error) / rest).lexically_normal().relative_path();
    whole = "/";
  }
  return whole;
}

void AppendSandboxRoot(const std::string& temporary, std::vector<std::string>& command) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/", error)) {
    if (!IsShownAtRoot(entry.path().filename())) continue;
    // It may go before the sandbox is built, and no job needs it then.
    if (entry.is_symlink(error)) {
      const fs::path target = fs::read_symlink(entry, error);
      if (!error) command.insert(command.end(), {"--symlink", target, entry.path()});
    } else if (entry.is_directory(error)) {
      command.insert(command.end(), {"--ro-bind-try", entry.path(), entry.path()});
    }
  }
  for (const auto& [option, path] :
       {std::pair("--proc", "/proc"), std::pair("--dev", "/dev"), std::pair("--tmpfs", "/run"),
        std::pair("--dir", "/home"), std::pair("--dir", "/root")}) {
    command.insert(command.end(), {option, path});
  }
  AppendNameServers(command);
  command.insert(command.end(), {"--bind", temporary, std::string(kSandboxTemporary)});
  if (access(kSecondTemporary, F_OK) == 0) {
    command.insert(command.end(), {"--tmpfs", kSecondTemporary});
  }
}

}  // namespace jobwarden
