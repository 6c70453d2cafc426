#include "executor/leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kGrace{200};
constexpr milliseconds kStep{10};

bool StartedWith(pid_t pid, std::string_view entry) {
  const Fd fd(open(fmt::format("/proc/{}/environ", pid).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return false;
  constexpr std::size_t kStepBytes = 65'536;
  std::string block(1, '\0');
  for (ssize_t got = 1; got > 0;) {
    const std::size_t size = block.size();
    block.resize(size + kStepBytes);
    got = read(fd.get(), block.data() + size, kStepBytes);
    block.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  return block.find('\0' + std::string(entry) + '\0') != std::string::npos;
}

std::vector<pid_t> Find(std::string_view entry) {
  std::vector<pid_t> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> proc(opendir("/proc"), closedir);
  if (!proc) return found;
  while (const dirent* each = readdir(proc.get())) {
    const std::string_view name = each->d_name;
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc() || end != name.data() + name.size() || pid == getpid()) continue;
    if (StartedWith(pid, entry)) found.push_back(pid);
  }
  return found;
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

}  // namespace jobwarden
