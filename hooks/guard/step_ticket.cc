#include "hooks/guard/step_ticket.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "hooks/step/words.h"
#include "verifier/broker/unix_socket.h"

namespace jobwarden {
namespace {

// A shorter value may stand in others by chance.
constexpr std::size_t kMinBearerBytes = 16;
constexpr std::size_t kMaxAnswerBytes = 512;
constexpr std::string_view kBrokerHost = "127.0.0.1";

// Asks the broker. Nothing when it is not there, or is not this user's, or does not answer.
std::optional<std::string> Ask(const std::string& path, const std::string& line) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::nullopt;
  // A broker that somebody stopped must not hold the step.
  const timeval patience{5, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  std::optional<std::string> answer;
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (UseUnixAddress(fd, path, connect) == 0 &&
      getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid() &&
      send(fd, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) {
    std::array<char, kMaxAnswerBytes> buffer{};
    std::size_t length = 0;
    ssize_t got = 0;
    while (length < buffer.size() &&
           (got = read(fd, buffer.data() + length, buffer.size() - length)) > 0) {
      length += static_cast<std::size_t>(got);
    }
    if (got == 0 && length > 0) answer.emplace(buffer.data(), length);
  }
  close(fd);
  return answer;
}

// Programs that ask a proxy look for exceptions in one of two variables. If there is one, the other
// is not added, because its few exceptions would count instead.
void ExceptFromProxies(EnvironmentBlock& environment) {
  constexpr std::string_view kProxies[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};
  constexpr std::string_view kExceptions[] = {"no_proxy", "NO_PROXY"};
  const auto is_set = [&](std::string_view name) { return !environment.Get(name).empty(); };
  if (std::none_of(std::begin(kProxies), std::end(kProxies), is_set)) return;
  const bool any = std::any_of(std::begin(kExceptions), std::end(kExceptions), is_set);
  for (const std::string_view name : kExceptions) {
    const std::string value(environment.Get(name));
    if (value == "*" || value.find(kBrokerHost) != value.npos || (any && value.empty())) continue;
    environment.Set(name, (value.empty() ? "" : value + ",").append(kBrokerHost));
  }
}

}  // namespace

StepTicket TakeTicket(const GuardSettings& settings, StepUse use, EnvironmentBlock& environment) {
  constexpr std::string_view kUrl = kRequestVariables[0];
  constexpr std::string_view kToken = kRequestVariables[1];
  StepTicket taken;
  const auto answer = Ask(
      settings.broker, FormatTicketRequest({use, std::string(environment.Get("GITHUB_ACTION"))}));
  taken.broker_is_gone = !answer;
  const std::string bearer(environment.Get(kToken));
  for (const std::string_view name : kRequestVariables) environment.Drop(name);
  if (bearer.size() >= kMinBearerBytes) taken.others = environment.DropHolding(bearer);
  const auto ticket = answer ? ParseTicket(*answer) : std::nullopt;
  if (ticket) {
    environment.Set(kUrl, ticket->url);
    environment.Set(kToken, ticket->token);
    ExceptFromProxies(environment);
  }
  return taken;
}

}  // namespace jobwarden
