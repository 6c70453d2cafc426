#include "verifier/os/process_stat.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

template <class Number>
std::optional<Number> NumberIn(std::string_view word) {
  Number number{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

}  // namespace

std::vector<pid_t> AllProcesses() {
  std::vector<pid_t> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> proc(opendir("/proc"), closedir);
  if (!proc) return found;
  while (const dirent* each = readdir(proc.get())) {  // NOLINT(concurrency-mt-unsafe)
    const auto pid = NumberIn<pid_t>(each->d_name);
    if (pid && *pid != getpid()) found.push_back(*pid);
  }
  return found;
}

std::string ReadOfProcess(pid_t pid, std::string_view file) {
  const Fd fd(open(fmt::format("/proc/{}/{}", pid, file).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return "";
  constexpr std::size_t kStepBytes = 4'096;
  std::string text;
  for (ssize_t got = 1; got > 0;) {
    const std::size_t size = text.size();
    text.resize(size * 2 + kStepBytes);
    got = read(fd.get(), text.data() + size, text.size() - size);
    text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  return text;
}

std::optional<ProcessStat> StatOf(pid_t pid) {
  const std::string stat = ReadOfProcess(pid, "stat");
  // The program's name stands in parentheses, and may hold some itself: "7 (a) b) S 1 ...".
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string::npos) return std::nullopt;
  std::vector<std::string_view> words;  // from the third on: state, parent, ...
  for (std::string_view rest = std::string_view(stat).substr(name_end + 2); !rest.empty();) {
    words.push_back(rest.substr(0, rest.find(' ')));
    rest.remove_prefix(std::min(rest.size(), words.back().size() + 1));
  }
  constexpr std::size_t kState = 0;
  constexpr std::size_t kParent = 1;
  constexpr std::size_t kStarted = 19;
  if (words.size() <= kStarted || words[kState] == "Z" || words[kState] == "X") {
    return std::nullopt;
  }
  const auto parent = NumberIn<pid_t>(words[kParent]);
  const auto started = NumberIn<std::uint64_t>(words[kStarted]);
  if (!parent || !started) return std::nullopt;
  return ProcessStat{*parent, *started};
}

}  // namespace jobwarden
