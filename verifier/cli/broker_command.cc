#include "verifier/cli/broker_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string_view>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/secret.h"
#include "verifier/broker/broker.h"
#include "verifier/broker/order.h"
#include "verifier/config/config.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// The caller reads one line.
int Refuse(const Findings& findings) {
  const Finding& first = findings.front();
  std::string line = fmt::format("{}: {}", CodeName(first.code), first.message);
  if (!first.hint.empty()) line += "; " + first.hint;
  Say(STDOUT_FILENO, line + "\n");
  return ExitCodeOf(OutcomeOf(findings));
}

// Reads up to a newline, which is left out. Nothing at the input's end, and for a longer line.
std::optional<Secret> ReadLine() {
  std::string line;
  line.reserve(kMaxOrderBytes);  // no growing: that would leave copies behind
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || line.size() + static_cast<std::size_t>(got) > kMaxOrderBytes) break;
    line.append(buffer.data(), static_cast<std::size_t>(got));
    if (!line.ends_with('\n')) continue;
    line.pop_back();
    explicit_bzero(buffer.data(), buffer.size());
    return Secret(std::move(line));
  }
  Wipe(line);
  return std::nullopt;
}

// Many connections, little memory, and no folder that the job may want to remove.
void PrepareToServe() {
  constexpr rlim_t kDescriptors = 2048;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < kDescriptors) {
    files.rlim_cur = std::min(files.rlim_max, kDescriptors);
    setrlimit(RLIMIT_NOFILE, &files);
  }
  mallopt(M_ARENA_MAX, 2);
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  static_cast<void>(!chdir("/"));
}

// The caller must not wait for the end of what it started.
void LetGoOfCaller() {
  Say(STDOUT_FILENO, std::string(kBrokerReady) + "\n");
  const Fd nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing.get(), fd);
}

}  // namespace

int RunTokenBroker(const std::string& config_path) {
  PrepareToServe();
  const auto config = LoadConfig(config_path, JobsRun::kByGitHubRunner);
  if (!config) return Refuse(config.findings());
  auto line = ReadLine();
  if (!line) return ExitCodeOf(Outcome::kAllow);
  auto order = ParseBrokerOrder(line->view());
  line.reset();
  if (!order) return Refuse(order.findings());
  const auto served = RunBroker(*config, *std::move(order), LetGoOfCaller);
  // Threads may still wait for an answer of GitHub's, and use what this function owns.
  _exit(served ? ExitCodeOf(Outcome::kAllow) : Refuse(served.findings()));
}

}  // namespace jobwarden
