#include "verifier/os/process_stat.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "verifier/base/number.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxProcesses = 131'072;

// The numbers that name entries of a folder of /proc.
std::vector<pid_t> NumbersIn(const std::string& folder) {
  std::vector<pid_t> found;
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(opendir(folder.c_str()), closedir);
  if (!entries) return found;
  while (const dirent* each = readdir(entries.get())) {  // NOLINT(concurrency-mt-unsafe)
    if (found.size() == kMaxProcesses) break;
    if (const auto number = ParseNumber<pid_t>(each->d_name)) found.push_back(*number);
  }
  return found;
}

std::vector<std::string_view> WordsIn(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    words.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), words.back().size() + 1));
  }
  return words;
}

// The words of /proc/PID/stat, from the third on.
constexpr std::size_t kState = 0;
constexpr std::size_t kParent = 1;
constexpr std::size_t kGroup = 2;
constexpr std::size_t kThreads = 17;
constexpr std::size_t kStarted = 19;

struct StatWords {
  std::string_view name;  // the second
  std::vector<std::string_view> rest;
};

StatWords WordsOf(std::string_view stat) {
  StatWords words;
  // The program's name is in parentheses and may contain some itself: "7 (a) b) S 1 ...".
  const auto name_begin = stat.find('(');
  const auto name_end = stat.rfind(") ");
  if (name_begin == std::string::npos || name_end == std::string::npos) return words;
  words.name = stat.substr(name_begin + 1, name_end - name_begin - 1);
  words.rest = WordsIn(stat.substr(name_end + 2));
  return words;
}

bool HasEnded(char state) {
  return state == 'Z' || state == 'X';
}

pid_t ParentOf(pid_t pid) {
  const std::string stat = ReadOfProcess(pid, "stat");
  const StatWords words = WordsOf(stat);
  return words.rest.size() > kParent ? ParseNumber<pid_t>(words.rest[kParent]).value_or(0) : 0;
}

// The state of a thread that has not ended.
std::optional<char> StateOfThreads(pid_t pid) {
  for (const pid_t thread : NumbersIn(fmt::format("/proc/{}/task", pid))) {
    const std::string stat = ReadOfProcess(pid, fmt::format("task/{}/stat", thread));
    const StatWords words = WordsOf(stat);
    if (!words.rest.empty() && !words.rest[0].empty() && !HasEnded(words.rest[0][0]))
      return words.rest[0][0];
  }
  return std::nullopt;
}

}  // namespace

std::vector<pid_t> AllProcesses() {
  std::vector<pid_t> found = NumbersIn("/proc");
  std::erase(found, getpid());
  return found;
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::vector<pid_t> found;
  // A kernel that was built without CONFIG_PROC_CHILDREN keeps no lists.
  if (access("/proc/thread-self/children", F_OK) != 0) {
    found = AllProcesses();
    std::erase_if(found, [&](pid_t each) { return ParentOf(each) != pid; });
    return found;
  }
  for (const pid_t thread : NumbersIn(fmt::format("/proc/{}/task", pid))) {
    const std::string list = ReadOfProcess(pid, fmt::format("task/{}/children", thread));
    for (const std::string_view word : WordsIn(list)) {
      if (found.size() == kMaxProcesses) return found;
      if (const auto child = ParseNumber<pid_t>(word)) found.push_back(*child);
    }
  }
  return found;
}

std::string ReadOfProcess(pid_t pid, std::string_view file) {
  const Fd fd(open(fmt::format("/proc/{}/{}", pid, file).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return "";
  constexpr std::size_t kStepBytes = 4'096;
  constexpr std::size_t kMaxBytes = 8U << 20U;
  std::string text;
  for (ssize_t got = 1; got > 0 && text.size() < kMaxBytes;) {
    const std::size_t size = text.size();
    text.resize(size * 2 + kStepBytes);
    got = read(fd.get(), text.data() + size, text.size() - size);
    text.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  }
  return text;
}

std::optional<ProcessStat> StatOf(pid_t pid) {
  const std::string stat = ReadOfProcess(pid, "stat");
  const auto [name, words] = WordsOf(stat);
  if (words.size() <= kStarted || words[kState].empty()) return std::nullopt;
  const auto parent = ParseNumber<pid_t>(words[kParent]);
  const auto group = ParseNumber<pid_t>(words[kGroup]);
  const auto threads = ParseNumber<int>(words[kThreads]);
  const auto started = ParseNumber<std::uint64_t>(words[kStarted]);
  if (!parent || !group || !threads || !started) return std::nullopt;
  std::optional<char> state = words[kState][0];
  if (HasEnded(*state)) state = *threads > 1 ? StateOfThreads(pid) : std::nullopt;
  if (!state) return std::nullopt;
  return ProcessStat{std::string(name), *state, *parent, *group, *started};
}

}  // namespace jobwarden
