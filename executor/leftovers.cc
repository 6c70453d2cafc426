#include "executor/leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kGrace{200};
constexpr milliseconds kStep{10};
constexpr milliseconds kPatience{10'000};

std::vector<pid_t> AllProcesses() {
  std::vector<pid_t> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> proc(opendir("/proc"), closedir);
  if (!proc) return found;
  while (const dirent* each = readdir(proc.get())) {
    const std::string_view name = each->d_name;
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size() || pid == getpid()) continue;
    found.push_back(pid);
  }
  return found;
}

// A file of /proc/PID; empty when the process is gone, or may not be looked into.
std::string ReadOf(pid_t pid, std::string_view file) {
  const Fd fd(open(fmt::format("/proc/{}/{}", pid, file).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return "";
  constexpr std::size_t kStepBytes = 65'536;
  std::string text;
  for (ssize_t got = 1; got > 0;) {
    const std::size_t size = text.size();
    text.resize(size + kStepBytes);
    got = read(fd.get(), text.data() + size, kStepBytes);
    text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  return text;
}

bool StartedWith(pid_t pid, std::string_view entry) {
  const std::string block = '\0' + ReadOf(pid, "environ");
  return block.find('\0' + std::string(entry) + '\0') != std::string::npos;
}

std::vector<pid_t> Find(std::string_view entry) {
  std::vector<pid_t> found = AllProcesses();
  std::erase_if(found, [&](pid_t pid) { return !StartedWith(pid, entry); });
  return found;
}

// The parent of a process; nothing when it has ended (a zombie has too).
std::optional<pid_t> ParentOf(pid_t pid) {
  const std::string stat = ReadOf(pid, "stat");
  // The name stands in parentheses, and may hold some itself: "7 (a) b) S 1 ...".
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string::npos || name_end + 4 >= stat.size()) return std::nullopt;
  const char state = stat[name_end + 2];
  if (state == 'Z' || state == 'X') return std::nullopt;
  pid_t parent = 0;
  const char* from = stat.data() + name_end + 4;
  if (std::from_chars(from, stat.data() + stat.size(), parent).ec != std::errc()) {
    return std::nullopt;
  }
  return parent;
}

// A process that has the user's real, effective, saved or file system id.
std::optional<pid_t> AnyOf(uid_t user) {
  for (const pid_t pid : AllProcesses()) {
    const std::string status = ReadOf(pid, "status");
    const auto from = status.find("\nUid:");
    if (from == std::string::npos) continue;
    const std::string ids = status.substr(from + 1, status.find('\n', from + 1) - from - 1) + '\t';
    if (ids.find(fmt::format("\t{}\t", user)) != std::string::npos && ParentOf(pid)) return pid;
  }
  return std::nullopt;
}

enum KillerSays : int { kNobodyThere = 0, kKilledSome = 1, kFailed = 2 };

// One process of the user's own kills all others in one call of the system, which no fork escapes.
KillerSays KillAll(const Identity& user) {
  const pid_t killer = fork();
  if (killer == 0) {
    if (TakeOn(user) != 0) _exit(kFailed);
    if (kill(-1, SIGKILL) == 0) _exit(kKilledSome);
    _exit(errno == ESRCH ? kNobodyThere : kFailed);
  }
  int status = 0;
  while (killer > 0 && waitpid(killer, &status, 0) < 0 && errno == EINTR) continue;
  if (killer < 0) return kFailed;
  // They may kill as well.
  return WIFEXITED(status) ? static_cast<KillerSays>(WEXITSTATUS(status)) : kKilledSome;
}

}  // namespace

void EndLeftovers(std::string_view entry) {
  for (const int number : {SIGTERM, SIGKILL}) {
    for (milliseconds waited{0}; waited < kGrace; waited += kStep) {
      const auto found = Find(entry);
      if (found.empty()) return;
      // Those that were born meanwhile get it too.
      for (const pid_t pid : found) kill(pid, number);
      std::this_thread::sleep_for(kStep);
    }
  }
}

std::vector<pid_t> Descendants() {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t pid : AllProcesses()) {
    if (const auto parent = ParentOf(pid)) children.emplace(*parent, pid);
  }
  std::vector<pid_t> found;
  const auto add = [&](pid_t parent) {
    const auto [from, to] = children.equal_range(parent);
    for (auto each = from; each != to; ++each) found.push_back(each->second);
  };
  add(getpid());
  for (std::size_t i = 0; i < found.size(); ++i) add(found[i]);
  return found;
}

Status EndProcessesOf(const Identity& user) {
  const auto deadline = steady_clock::now() + kPatience;
  for (KillerSays says = KillAll(user); says != kNobodyThere; says = KillAll(user)) {
    // What nobody reaps is found for ever.
    const auto left = AnyOf(user.uid);
    if (says == kKilledSome && !left) return Ok();
    if (says == kFailed || steady_clock::now() > deadline) {
      const std::string which = left ? fmt::format(" (process {})", *left) : "";
      return Finding{Code::kDriverFailed,
                     fmt::format("user {}: its processes do not end{}", user.uid, which),
                     "",
                     {},
                     false};
    }
    std::this_thread::sleep_for(milliseconds(1));
  }
  return Ok();
}

}  // namespace jobwarden
