#include "executor/process/own_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{10'000};

Finding Failed(std::string_view why) {
  return {Code::kDriverFailed, fmt::format("a process of the driver: {}", why)};
}

// What a status comes to, as bytes: a code, the message, a NUL, the hint; for Ok() kFine alone.
constexpr char kFine = '\xff';

std::string Pack(const Status& status) {
  if (status) return {kFine};
  const Finding& finding = status.findings().front();
  return static_cast<char>(finding.code) + finding.message + '\0' + finding.hint;
}

Status Unpack(std::string_view bytes) {
  if (bytes == std::string_view(&kFine, 1)) return Ok();
  const std::size_t end = bytes.find('\0', 1);
  if (end == std::string_view::npos) return Failed("it ended before its work was done");
  return Finding{static_cast<Code>(bytes[0]), std::string(bytes.substr(1, end - 1)),
                 std::string(bytes.substr(end + 1))};
}

// Never returns.
[[noreturn]] void Work(int report, const std::function<int()>& become,
                       const std::function<Status()>& work) {
  std::string said;
  try {
    const int error = become();
    said = Pack(error == 0 ? work() : Status(Failed(ErrorText(error))));
  } catch (...) {
    said = Pack(Failed("out of memory"));
  }
  _exit(WriteAll(report, said) == 0 ? 0 : 1);
}

// Reads until the other end is closed; nothing when that takes too long.
std::optional<std::string> ReadAllInTime(int fd) {
  std::string bytes;
  const auto deadline = steady_clock::now() + kPatience;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    pollfd ready{fd, POLLIN, 0};
    const int polled = left.count() > 0 ? poll(&ready, 1, static_cast<int>(left.count())) : 0;
    if (polled < 0 && errno == EINTR) continue;
    if (polled <= 0) return std::nullopt;
    std::array<char, 4096> buffer{};
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Status InOwnProcess(const std::function<int()>& become, const std::function<Status()>& work) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Failed(ErrorText(errno));
  const Fd report(ends[0]);
  Fd told(ends[1]);
  const pid_t child = fork();
  if (child < 0) return Failed(ErrorText(errno));
  if (child == 0) Work(told.get(), become, work);
  told.Close();
  const auto said = ReadAllInTime(report.get());
  kill(child, SIGKILL);
  int status = 0;
  // It may be blocked by a dead disk or server. Then it is init's to reap.
  const int flags = said ? 0 : WNOHANG;
  while (waitpid(child, &status, flags) < 0 && errno == EINTR) continue;
  return said ? Unpack(*said) : Status(Failed("it did not end in time"));
}

}  // namespace jobwarden
