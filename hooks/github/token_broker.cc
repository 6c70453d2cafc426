#include "hooks/github/token_broker.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/broker/ticket_request.h"
#include "verifier/broker/unix_socket.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr Code kCode = Code::kDriverFailed;
constexpr std::string_view kWhat = "token broker";
constexpr milliseconds kPatience{10'000};
constexpr std::size_t kMaxAnswerBytes = 65'536;

Finding Fault(std::string message) {
  return {kCode, fmt::format("{}: {}", kWhat, message)};
}

// Reads until the peer closes, or a newline where one line is enough. Nothing when that takes too
// long, or is too much.
std::optional<std::string> ReadAnswer(const Fd& fd, bool one_line) {
  std::string answer;
  const auto deadline = steady_clock::now() + kPatience;
  while (answer.size() <= kMaxAnswerBytes) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    pollfd polled{fd.get(), POLLIN, 0};
    if (left.count() <= 0) return std::nullopt;
    if (poll(&polled, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 4096> buffer{};
    const ssize_t got = read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0 || (one_line && answer.ends_with('\n'))) return answer;
  }
  return std::nullopt;
}

bool SendAll(const Fd& fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

// A line of the broker, which a step may have replaced by a program of its own.
std::string Safe(std::string_view line) {
  std::string text(line);
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
  return Contains(text, "##[") ? Quote(text) : text;
}

}  // namespace

Result<TokenBroker> TokenBroker::Start(const Config& config, const Environment& environment) {
  auto path = SiblingProgram("jobwarden", kCode);
  if (!path) return std::move(path).findings();
  auto started = StartProgram({.path = *path,
                               .arguments = {"token", "broker", "--config", config.path},
                               .environment = NetworkSettings(environment),
                               .input = {}},
                              kCode, kWhat);
  if (!started) return std::move(started).findings();
  return TokenBroker(started->pid, std::move(started->channel));
}

TokenBroker::TokenBroker(TokenBroker&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), channel_(std::move(other.channel_)) {}

TokenBroker::~TokenBroker() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

Status TokenBroker::Serve(const BrokerOrder& order) {
  const Secret line = FormatBrokerOrder(order);
  if (!SendAll(channel_, line.view())) return Fault(ErrorText(errno));
  auto answer = ReadAnswer(channel_, true);
  if (!answer) return Fault(fmt::format("no answer within {} s", kPatience.count() / 1000));
  if (answer->ends_with('\n')) answer->pop_back();
  if (*answer == kBrokerReady) return Ok();
  return Fault(answer->empty() ? "it ended before it could serve" : Safe(*answer));
}

Result<BrokerNews> EndTokenBroker(const std::string& socket) {
  BrokerNews news;
  struct stat st {};
  if (lstat(socket.c_str(), &st) != 0) return news;
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int error = fd ? UseUnixAddress(fd.get(), socket, connect) : errno;
  std::optional<std::string> report;
  if (error == 0 && SendAll(fd, std::string(kEndLine) + "\n")) report = ReadAnswer(fd, false);
  unlink(socket.c_str());
  if (!report) {
    return Finding{
        kCode,
        "the token broker had ended before the job did: since then its run: steps could "
        "request no id_tokens",
        "did a step end it, or was there no memory left? `jobwarden token broker` is its "
        "command line"};
  }
  std::string_view rest = *report;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (TakePrefix(line, kReportWarning)) {
      news.warnings.push_back(Safe(line));
    } else if (TakePrefix(line, kReportNote)) {
      news.notes.push_back(Safe(line));
    }
  }
  return news;
}

}  // namespace jobwarden
