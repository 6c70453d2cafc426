#include "verifier/broker/server.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/broker/ticket_request.h"
#include "verifier/broker/unix_socket.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long a client may take to read the end of its answer.
constexpr milliseconds kLinger{1000};
constexpr milliseconds kLookAgain{1000};
constexpr int kBacklog = 256;
constexpr std::size_t kMaxRequestBytes = kMaxHeadBytes + kMaxBodyBytes;
constexpr int kTooSlow = 408;
constexpr int kTooLarge = 413;

Finding Fault(std::string_view what, int error) {
  return {Code::kStateUnwritable, fmt::format("token broker: {}: {}", what, ErrorText(error))};
}

TokenAnswer RequestProblem(int status, std::string message) {
  return TokenProblem(status, {{Code::kTokenRequestFailed, std::move(message)}});
}

constexpr int kFlags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

// NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): the form of these calls

Result<Fd> ListenOnLoopback(std::uint16_t& port) {
  Fd fd(socket(AF_INET, kFlags, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (!fd || bind(fd.get(), generic, size) != 0 || listen(fd.get(), kBacklog) != 0 ||
      getsockname(fd.get(), generic, &size) != 0) {
    return Fault("127.0.0.1", errno);
  }
  port = ntohs(address.sin_port);
  return fd;
}

std::optional<LoopbackClient> ClientOf(const Fd& fd, std::uint16_t port) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  if (getpeername(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  return LoopbackClient{address.sin_addr, ntohs(address.sin_port), port};
}

// NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)

Result<Fd> ListenAt(const std::string& path) {
  Fd fd(socket(AF_UNIX, kFlags, 0));
  unlink(path.c_str());
  // Nobody else may connect, whatever the folder's mode is.
  const mode_t before = umask(S_IRWXG | S_IRWXO);
  int error = fd ? UseUnixAddress(fd.get(), path, bind) : errno;
  umask(before);
  if (error == 0 && listen(fd.get(), kBacklog) != 0) error = errno;
  if (error != 0) return Fault(Quote(path), error);
  return fd;
}

}  // namespace

struct BrokerServer::Connection {
  enum class State {
    kReading,
    kWaiting,  // for its answer
    kWriting,
    kLingering,  // all is written; the client may still read
    kDone,
  };
  std::uint64_t id;
  Kind kind;
  Fd fd;
  steady_clock::time_point deadline;
  State state = State::kReading;
  std::string received{};
  std::string answer{};
  std::size_t written = 0;

  short Events() const {
    switch (state) {
      case State::kReading:
      case State::kLingering:
        return POLLIN;
      case State::kWriting:
        return POLLOUT;
      case State::kWaiting:
      case State::kDone:
        break;
    }
    return 0;  // a connection that breaks is told of all the same
  }
  void BeginAnswer(std::string text) {
    answer = std::move(text);
    state = State::kWriting;
    deadline = steady_clock::now() + kPatience;
  }
  void BeginAnswer(const TokenAnswer& text) {
    BeginAnswer(FormatHttpAnswer(text.status, text.body));
  }
};

// Answers that other threads have made. It outlives the server where a thread still works.
struct BrokerServer::Outbox {
  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, TokenAnswer>> answers;
  Fd wake{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};

  void Put(std::uint64_t id, TokenAnswer answer) {
    {
      const std::lock_guard lock(mutex);
      answers.emplace_back(id, std::move(answer));
    }
    const std::uint64_t one = 1;
    static_cast<void>(!write(wake.get(), &one, sizeof(one)));
  }
};

BrokerServer::BrokerServer(Fd loopback, Fd local, std::uint16_t port)
    : loopback_(std::move(loopback)),
      local_(std::move(local)),
      port_(port),
      outbox_(std::make_shared<Outbox>()) {}

BrokerServer::BrokerServer(BrokerServer&& other) noexcept = default;
BrokerServer& BrokerServer::operator=(BrokerServer&& other) noexcept = default;
BrokerServer::~BrokerServer() = default;

Result<BrokerServer> BrokerServer::Open(const std::string& path) {
  std::uint16_t port = 0;
  auto loopback = ListenOnLoopback(port);
  if (!loopback) return std::move(loopback).findings();
  auto local = ListenAt(path);
  if (!local) return std::move(local).findings();
  return BrokerServer(*std::move(loopback), *std::move(local), port);
}

bool BrokerServer::HasRoom(Kind kind) const {
  const auto many = std::count_if(connections_.begin(), connections_.end(),
                                  [&](const Connection& each) { return each.kind == kind; });
  return static_cast<std::size_t>(many) < kMaxConnections;
}

// Where there is no room, the oldest connection whose request has not come goes. So clients that
// send nothing keep nobody out.
void BrokerServer::Accept(Kind kind) {
  const auto drop_oldest = [&] {
    const auto oldest =
        std::find_if(connections_.begin(), connections_.end(), [&](const Connection& each) {
          return each.kind == kind && each.state == Connection::State::kReading;
        });
    if (oldest == connections_.end()) return false;
    connections_.erase(oldest);
    return true;
  };
  if (!HasRoom(kind) && !drop_oldest()) return;
  const Fd& listener = kind == Kind::kLoopback ? loopback_ : local_;
  Fd fd(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd) {
    // No descriptor is left: the next round finds one.
    if (errno == EMFILE || errno == ENFILE) drop_oldest();
    return;
  }
  connections_.push_back({++last_id_, kind, std::move(fd), steady_clock::now() + kPatience});
}

void BrokerServer::Read(Connection& connection, const ServerCalls& calls) {
  using State = Connection::State;
  std::array<char, 4096> buffer{};
  const ssize_t got = read(connection.fd.get(), buffer.data(), buffer.size());
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    connection.state = State::kDone;
    return;
  }
  if (connection.state != State::kReading) return;
  std::string& received = connection.received;
  received.append(buffer.data(), static_cast<std::size_t>(got));

  if (connection.kind == Kind::kUnix) {
    const std::size_t end = received.find('\n');
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (end == received.npos && received.size() <= kMaxTicketLineBytes) return;
    if (end == received.npos ||
        getsockopt(connection.fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
      connection.state = State::kDone;
      return;
    }
    connection.BeginAnswer(calls.on_line(peer, std::string_view(received).substr(0, end)));
    return Write(connection);
  }

  HttpRequestRead request = ReadTokenQuery(received);
  if (request.state == HttpRequestRead::State::kIncomplete) {
    if (received.size() <= kMaxRequestBytes) return;
    request = {HttpRequestRead::State::kBad, {}, kTooLarge, "the request is too large"};
  }
  if (request.state == HttpRequestRead::State::kBad) {
    connection.BeginAnswer(RequestProblem(request.status, std::move(request.problem)));
    return Write(connection);
  }
  const auto client = ClientOf(connection.fd, port_);
  if (!client) {
    connection.state = State::kDone;
    return;
  }
  connection.state = State::kWaiting;
  calls.on_query(std::move(request.query), *client,
                 [outbox = outbox_, id = connection.id](TokenAnswer answer) {
                   outbox->Put(id, std::move(answer));
                 });
}

void BrokerServer::Write(Connection& connection) {
  using State = Connection::State;
  const std::string_view rest = std::string_view(connection.answer).substr(connection.written);
  const ssize_t done = send(connection.fd.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
  if (done < 0) {
    if (errno != EAGAIN && errno != EINTR) connection.state = State::kDone;
    return;
  }
  connection.written += static_cast<std::size_t>(done);
  if (connection.written < connection.answer.size()) return;
  // If the connection were closed while something of the client's is unread, the client would lose
  // the answer.
  shutdown(connection.fd.get(), SHUT_WR);
  connection.state = State::kLingering;
  connection.deadline = steady_clock::now() + kLinger;
  Wipe(connection.answer);
}

void BrokerServer::TakeReplies() {
  std::uint64_t many = 0;
  static_cast<void>(!read(outbox_->wake.get(), &many, sizeof(many)));
  std::vector<std::pair<std::uint64_t, TokenAnswer>> answers;
  {
    const std::lock_guard lock(outbox_->mutex);
    answers.swap(outbox_->answers);
  }
  for (auto& [id, answer] : answers) {
    for (Connection& connection : connections_) {
      if (connection.id != id || connection.state != Connection::State::kWaiting) continue;
      connection.BeginAnswer(answer);
      Write(connection);
    }
    Wipe(answer.body);
  }
}

void BrokerServer::Serve(const ServerCalls& calls, const Fd& wake) {
  using State = Connection::State;
  while (!calls.is_over()) {
    std::vector<pollfd> polled;
    polled.push_back({wake.get(), POLLIN, 0});  // -1 is passed over
    polled.push_back({outbox_->wake.get(), POLLIN, 0});
    const auto can_accept = [&](Kind kind) {
      return HasRoom(kind) ||
             std::any_of(connections_.begin(), connections_.end(), [&](const Connection& each) {
               return each.kind == kind && each.state == State::kReading;
             });
    };
    polled.push_back({can_accept(Kind::kLoopback) ? loopback_.get() : -1, POLLIN, 0});
    polled.push_back({can_accept(Kind::kUnix) ? local_.get() : -1, POLLIN, 0});
    const std::size_t first = polled.size();
    auto until = steady_clock::now() + kLookAgain;
    for (const Connection& each : connections_) {
      polled.push_back({each.fd.get(), each.Events(), 0});
      if (each.state != State::kWaiting) until = std::min(until, each.deadline);
    }
    const auto wait = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    poll(polled.data(), polled.size(), static_cast<int>(std::max<long>(wait.count(), 0)));

    const auto now = steady_clock::now();
    std::size_t at = first;
    for (Connection& each : connections_) {
      const short seen = polled[at++].revents;
      if ((seen & (POLLIN | POLLOUT)) != 0) {
        each.state == State::kWriting ? Write(each) : Read(each, calls);
      } else if ((seen & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
        each.state = State::kDone;
      } else if (each.state != State::kWaiting && now >= each.deadline) {
        const bool tell = each.kind == Kind::kLoopback && each.state == State::kReading;
        if (tell) {
          each.BeginAnswer(RequestProblem(kTooSlow, "no whole request within 5 s"));
          Write(each);
        } else {
          each.state = State::kDone;
        }
      }
    }
    if (polled[1].revents != 0) TakeReplies();
    std::erase_if(connections_, [](const Connection& each) { return each.state == State::kDone; });
    if (polled[2].revents != 0) Accept(Kind::kLoopback);
    if (polled[3].revents != 0) Accept(Kind::kUnix);
  }
}

}  // namespace jobwarden
