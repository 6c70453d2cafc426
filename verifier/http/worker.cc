#include "verifier/http/worker.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "verifier/os/clock.h"

namespace jobwarden {
namespace {

using std::chrono::steady_clock;

constexpr int kTick = 1000;  // milliseconds
constexpr int kMaxAccepts = 64;
// So many requests that waited are answered before other clients are looked at again.
constexpr int kMaxAgain = 16;
// A connection that has just come is not idle: its request may be on its way.
constexpr std::chrono::milliseconds kFresh{250};

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

}  // namespace

bool HttpServer::Shared::BeginWaiting(const HttpClient& client) {
  const std::lock_guard lock(mutex);
  if (all_waiting >= limits.max_waiting) return false;
  std::size_t& of_client = waiting[client.key];
  if (of_client >= limits.max_waiting_of_client) return false;
  ++of_client;
  ++all_waiting;
  return true;
}

void HttpServer::Shared::EndWaiting(const HttpClient& client) {
  const std::lock_guard lock(mutex);
  const auto found = waiting.find(client.key);
  if (--found->second == 0) waiting.erase(found);
  --all_waiting;
}

bool HttpServer::Worker::Open(const std::vector<std::shared_ptr<Worker>>* peers) {
  peers_ = peers;
  is_first_ = peers->front().get() == this;
  most_ = std::max<std::size_t>(1, shared_->limits.max_connections / peers->size());
  epoll_ = Fd(epoll_create1(EPOLL_CLOEXEC));
  wake_ = Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event event{EPOLLIN, {.ptr = this}};
  return epoll_ && wake_ && epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) == 0;
}

void HttpServer::Worker::Nudge() const {
  const std::uint64_t one = 1;
  static_cast<void>(!write(wake_.get(), &one, sizeof(one)));
}

void HttpServer::Worker::Give(std::unique_ptr<HttpConnection> connection) {
  {
    const std::lock_guard lock(inbox_mutex_);
    given_.push_back(std::move(connection));
  }
  Nudge();
}

void HttpServer::Worker::AskForRoom() {
  room_asked_ = true;
  Nudge();
}

void HttpServer::Worker::Wake(std::uint64_t connection) {
  {
    const std::lock_guard lock(inbox_mutex_);
    woken_.push_back(connection);
  }
  Nudge();
}

void HttpServer::Worker::WatchListeners(bool watch) {
  if (!is_first_ || accepts_ == watch) return;
  accepts_ = watch;
  for (Listener& listener : shared_->listeners) {
    epoll_event event{EPOLLIN, {.ptr = &listener}};
    epoll_ctl(epoll_.get(), watch ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, listener.fd.get(), &event);
  }
}

void HttpServer::Worker::Run() {
  std::array<epoll_event, 256> events{};
  WatchListeners(true);
  while (!shared_->stopping) {
    const int many =
        epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), kTick);
    now_ = steady_clock::now();
    if (now_ - swept_ >= std::chrono::seconds(1)) {
      swept_ = now_;
      date_ = HttpDate(SystemNow());
      Sweep();
    }
    bool nudged = false;
    for (int i = 0; i < many; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr == this) {
        nudged = true;
        continue;
      }
      const auto listener =
          std::find_if(shared_->listeners.begin(), shared_->listeners.end(),
                       [&](const Listener& each) { return event.data.ptr == &each; });
      if (listener != shared_->listeners.end()) {
        Accept(*listener);
      } else {
        HttpConnection& connection = *static_cast<HttpConnection*>(event.data.ptr);
        Advance(connection, event.events);
        Count(connection);
      }
    }
    if (nudged) {
      TakeInbox();
      if (!shared_->draining) WatchListeners(true);
    }
    const bool made_room = room_asked_.exchange(false) && MakeRoom();
    if (!again_.empty()) TryAgain();
    if (shared_->draining) HandleDrain();
    FreeMemory();
    Remove();
    if (made_room) peers_->front()->Nudge();
    ++rounds_;
  }
}

void HttpServer::Worker::HandleDrain() {
  if (is_first_) {
    WatchListeners(false);
    for (Listener& listener : shared_->listeners) listener.fd.Close();
  }
  std::vector<HttpConnection*> idle;
  for (const auto& each : connections_) {
    if (each->IsIdle()) idle.push_back(each.get());
  }
  for (HttpConnection* each : idle) {
    Read(*each);  // its request may have come, and not have been seen yet
    if (each->IsIdle()) SetState(*each, State::kDone);
  }
}

void HttpServer::Worker::Accept(const Listener& listener) {
  TlsServer tls;
  if (!listener.is_unix) {
    const std::lock_guard lock(shared_->mutex);
    tls = shared_->tls;
  }
  for (int i = 0; i < kMaxAccepts; ++i) {
    Fd fd(accept4(listener.fd.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) {
      const bool none_left = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
      // The kernel would tell of the same client again and again. A peer that makes room, or the
      // next sweep, looks again.
      if (none_left && !MakeRoom()) {
        WatchListeners(false);
        for (const auto& peer : *peers_) {
          if (peer.get() != this) peer->AskForRoom();
        }
      }
      return;
    }
    const int on = 1;
    if (!listener.is_unix) {
      setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    auto client = ClientOf(fd);
    if (!client) continue;
    auto connection = std::make_unique<HttpConnection>(
        NextId(), std::move(fd), tls, *std::move(client), shared_->limits.max_body);
    Worker& peer = *(*peers_)[next_peer_++ % peers_->size()];
    ++shared_->connections;
    if (&peer == this) {
      Adopt(std::move(connection));
    } else {
      peer.Give(std::move(connection));
    }
  }
}

// Ends the connection that has been idle longest, or one whose request comes too slowly. An honest
// request comes whole at once, so a client that opens many connections and sends little on each of
// them loses its own.
bool HttpServer::Worker::MakeRoom() {
  const auto is_idle = [this](const HttpConnection& each) {
    return each.IsIdle() && now_ - (each.deadline - shared_->limits.idle) > kFresh;
  };
  const auto is_slow = [this](const HttpConnection& each) {
    return each.IsUnderWay() && now_ - each.since > shared_->limits.slow;
  };
  return Drop(is_idle) || Drop(is_slow);
}

// Ends the first connection that is so. Those that are busy are looked at last the next time, so
// that a look that ends early does not see the same ones again.
bool HttpServer::Worker::Drop(const std::function<bool(const HttpConnection&)>& is_so) {
  constexpr std::size_t kLook = 1024;
  const std::size_t most = std::min(kLook, connections_.size());
  auto next = connections_.begin();
  for (std::size_t looked = 0; looked < most; ++looked) {
    const auto here = next++;
    if (is_so(**here)) {
      SetState(**here, State::kDone);
      return true;
    }
    if (!(*here)->IsIdle()) connections_.splice(connections_.end(), connections_, here);
  }
  return false;
}

void HttpServer::Worker::Count(HttpConnection& connection) {
  const std::size_t held = connection.Held();
  held_ = held_ - connection.held + held;
  connection.held = held;
}

// Ends the connections that hold most, until the rest holds no more than it may. A request that has
// just come goes last: it may be honest, and be over at once.
void HttpServer::Worker::FreeMemory() {
  while (held_ > shared_->limits.max_held / peers_->size()) {
    HttpConnection* most = nullptr;
    const auto weight = [this](const HttpConnection& each) {
      return std::pair(now_ - each.since > kFresh, each.held);
    };
    for (const auto& each : connections_) {
      const bool can_go = each->state != State::kDone && each->state != State::kLingering;
      if (can_go && (most == nullptr || weight(*each) > weight(*most))) most = each.get();
    }
    if (most == nullptr) return;
    if (most->state == State::kWaiting) SetState(*most, State::kReading);
    if (most->state == State::kReading) {
      Refuse(*most, {503, "the server has as many bytes of requests as it may have"});
    } else {
      SetState(*most, State::kDone);
    }
    held_ -= most->held;
    most->held = 0;
  }
}

void HttpServer::Worker::Adopt(std::unique_ptr<HttpConnection> connection) {
  HttpConnection& adopted = *connection;
  const std::size_t many = connections_.size() - ended_.size() - lingering_;
  const bool full = many >= most_ && !MakeRoom();
  // So many are told that the server is full. More would cost what the limit is to save.
  const std::size_t told = std::max<std::size_t>(1, 64 / peers_->size());
  if (full && lingering_ >= told) {
    Drop([](const HttpConnection& each) { return each.state == State::kLingering; });
  }
  connections_.push_back(std::move(connection));
  adopted.place = std::prev(connections_.end());
  epoll_event event{EPOLLIN, {.ptr = &adopted}};
  adopted.events = EPOLLIN;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, adopted.transport.fd(), &event) != 0) {
    return SetState(adopted, State::kDone);
  }
  if (adopted.transport.in_handshake()) {
    SetState(adopted, full ? State::kDone : State::kHandshake);
    return Count(adopted);
  }
  SetState(adopted, State::kReading);
  if (full) Refuse(adopted, {503, "the server has as many connections as it may have"});
}

void HttpServer::Worker::TakeInbox() {
  std::uint64_t many = 0;
  static_cast<void>(!read(wake_.get(), &many, sizeof(many)));
  std::vector<std::unique_ptr<HttpConnection>> given;
  std::vector<std::uint64_t> woken;
  {
    const std::lock_guard lock(inbox_mutex_);
    given.swap(given_);
    woken.swap(woken_);
  }
  for (auto& connection : given) Adopt(std::move(connection));
  again_.insert(again_.end(), woken.begin(), woken.end());
}

// Tries requests that waited. One refresh of keys may wake thousands of them, and other clients do
// not wait for all of those.
void HttpServer::Worker::TryAgain() {
  for (int i = 0; i < kMaxAgain && !again_.empty(); ++i) {
    const auto found = waiting_.find(again_.front());
    again_.pop_front();
    if (found == waiting_.end()) continue;
    HttpConnection& connection = *found->second;
    if (AnswerOne(connection, now_ >= connection.deadline)) Resume(connection);
    Count(connection);
  }
  if (!again_.empty()) Nudge();
}

// Sets the state, and how long it may last.
void HttpServer::Worker::SetState(HttpConnection& connection, State state) {
  if (connection.state == State::kDone) return;
  if (connection.state == State::kWaiting && state != State::kWaiting) {
    waiting_.erase(connection.id);
    shared_->EndWaiting(connection.client);
  }
  if (connection.state == State::kLingering) --lingering_;
  if (state == State::kLingering) ++lingering_;
  connection.state = state;
  const HttpLimits& limits = shared_->limits;
  switch (state) {
    case State::kHandshake:
      connection.since = now_;
      connection.deadline = now_ + limits.handshake;
      break;
    case State::kReading:
      connection.deadline = now_ + limits.idle;
      break;
    case State::kWaiting:
      connection.deadline = now_ + limits.wait;
      waiting_.emplace(connection.id, &connection);
      break;
    case State::kWriting:
      connection.deadline = now_ + limits.write;
      break;
    case State::kLingering:
      connection.deadline = now_ + limits.linger;
      break;
    case State::kDone:
      ended_.push_back(&connection);
      break;
  }
}

void HttpServer::Worker::Remove() {
  for (HttpConnection* connection : ended_) {
    --shared_->connections;
    held_ -= connection->held;
    connections_.erase(connection->place);
  }
  ended_.clear();
}

void HttpServer::Worker::Watch(HttpConnection& connection, std::uint32_t events) const {
  if (connection.events == events) return;
  connection.events = events;
  epoll_event event{events, {.ptr = &connection}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.transport.fd(), &event);
}

void HttpServer::Worker::Sweep() {
  if (!shared_->draining) WatchListeners(true);
  std::vector<HttpConnection*> late;  // what happens to them changes the list
  for (const auto& each : connections_) {
    if (now_ >= each->deadline) late.push_back(each.get());
  }
  for (HttpConnection* each : late) {
    HttpConnection& connection = *each;
    switch (connection.state) {
      case State::kReading:
        if (connection.IsIdle()) {
          SetState(connection, State::kDone);
        } else {
          Refuse(connection, {408, "the request did not come whole in time"});
        }
        break;
      case State::kWaiting:
        again_.push_back(connection.id);
        break;
      default:
        SetState(connection, State::kDone);
    }
    Count(connection);
  }
}

void HttpServer::Worker::Advance(HttpConnection& connection, std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return SetState(connection, State::kDone);
  switch (connection.state) {
    case State::kHandshake: {
      const auto io = connection.transport.Handshake();
      if (io == Transport::Io::kWantRead) return Watch(connection, EPOLLIN);
      if (io == Transport::Io::kWantWrite) return Watch(connection, EPOLLOUT);
      if (io != Transport::Io::kOk) return SetState(connection, State::kDone);
      SetState(connection, State::kReading);
      return Read(connection);
    }
    case State::kReading:
      return Read(connection);
    case State::kWriting:
      return Flush(connection);
    case State::kLingering:
      return Discard(connection);
    case State::kWaiting:
    case State::kDone:
      break;
  }
}

}  // namespace jobwarden
