#ifndef JOBWARDEN_VERIFIER_HTTP_WORKER_H_
#define JOBWARDEN_VERIFIER_HTTP_WORKER_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "verifier/http/connection.h"
#include "verifier/http/server.h"

namespace jobwarden {

/// What the workers of a server share.
struct HttpServer::Shared {
  std::vector<Listener> listeners;
  HttpLimits limits;
  HttpCalls calls;
  std::atomic<std::size_t> connections = 0;
  std::atomic<bool> draining = false;
  std::atomic<bool> stopping = false;

  std::mutex mutex;  // of what follows
  TlsServer tls;
  std::map<std::string, std::size_t, std::less<>> waiting;  // by client
  std::size_t all_waiting = 0;

  bool BeginWaiting(const HttpClient& client);
  void EndWaiting(const HttpClient& client);
};

/// One thread's share of the connections.
class HttpServer::Worker : public std::enable_shared_from_this<HttpServer::Worker> {
 public:
  explicit Worker(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  /// `peers` are all workers; the first one accepts connections for all. They must live as long as
  /// this runs.
  bool Open(const std::vector<std::shared_ptr<Worker>>* peers);
  void Run();

  // From any thread.
  void Give(std::unique_ptr<HttpConnection> connection);
  void Wake(std::uint64_t connection);
  /// The accepting worker has no descriptor left, and no connection of its own that can go.
  void AskForRoom();
  void Nudge() const;
  std::uint64_t rounds() const { return rounds_; }

 private:
  using State = HttpConnection::State;
  using Connections = std::list<std::unique_ptr<HttpConnection>>;
  using Time = std::chrono::steady_clock::time_point;

  void Accept(const Listener& listener);
  bool MakeRoom();
  bool Drop(const std::function<bool(const HttpConnection&)>& is_so);
  void Count(HttpConnection& connection);
  void FreeMemory();
  void TakeInbox();
  void TryAgain();
  void Adopt(std::unique_ptr<HttpConnection> connection);
  void Advance(HttpConnection& connection, std::uint32_t events);
  void Read(HttpConnection& connection);
  void Discard(HttpConnection& connection);
  void Feed(HttpConnection& connection, std::string_view bytes);
  bool AnswerOne(HttpConnection& connection, bool is_last_try);
  void Refuse(HttpConnection& connection, const HttpFault& fault);
  void Send(HttpConnection& connection, const HttpResponse& answer);
  void Flush(HttpConnection& connection);
  void Resume(HttpConnection& connection);
  void Watch(HttpConnection& connection, std::uint32_t events) const;
  void SetState(HttpConnection& connection, State state);
  void Sweep();
  void Remove();
  void WatchListeners(bool watch);
  void HandleDrain();

  std::shared_ptr<Shared> shared_;
  const std::vector<std::shared_ptr<Worker>>* peers_ = nullptr;
  Fd epoll_;
  Fd wake_;
  bool accepts_ = false;  // epoll watches the listeners
  bool is_first_ = false;
  std::size_t next_peer_ = 0;
  std::size_t most_ = 0;     // connections
  Connections connections_;  // the one that was busy longest ago first
  std::unordered_map<std::uint64_t, HttpConnection*> waiting_;
  std::vector<HttpConnection*> ended_;
  std::deque<std::uint64_t> again_;  // connections whose requests are to be tried once more
  std::size_t lingering_ = 0;        // connections in that state
  std::size_t held_ = 0;             // bytes, by the count of each connection
  Time now_;
  Time swept_;
  std::string date_;
  std::array<char, 65'536> buffer_{};
  std::atomic<std::uint64_t> rounds_ = 0;
  std::atomic<bool> room_asked_ = false;

  std::mutex inbox_mutex_;
  std::vector<std::unique_ptr<HttpConnection>> given_;
  std::vector<std::uint64_t> woken_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HTTP_WORKER_H_
