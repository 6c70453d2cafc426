#ifndef JOBWARDEN_VERIFIER_BROKER_SERVER_H_
#define JOBWARDEN_VERIFIER_BROKER_SERVER_H_

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/broker/asker.h"
#include "verifier/broker/http_request.h"
#include "verifier/broker/id_token_service.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// Hands an answer back to the connection that waits for it; from any thread.
using Reply = std::function<void(TokenAnswer answer)>;

/// What the server asks of its owner.
struct ServerCalls {
  /// A line that came over the Unix socket. Returns the answer.
  std::function<std::string(const ucred& peer, std::string_view line)> on_line;
  /// A request over loopback. It must not block; `reply` is called once, perhaps later.
  std::function<void(TokenQuery query, const LoopbackClient& client, Reply reply)> on_query;
  /// Asked about once a second, and when a connection has done something.
  std::function<bool()> is_over;
};

/// The broker's sockets: HTTP on 127.0.0.1 at a free port, and a Unix socket. One thread serves all
/// connections and waits for none of them: a client that sends or reads slowly delays nobody, and
/// is cut off after kPatience. One request is answered on each connection.
class BrokerServer {
 public:
  /// Opens both. An older socket at `path` is replaced. STATE_UNWRITABLE.
  static Result<BrokerServer> Open(const std::string& path);
  BrokerServer(BrokerServer&& other) noexcept;
  BrokerServer& operator=(BrokerServer&& other) noexcept;
  ~BrokerServer();

  std::uint16_t port() const { return port_; }

  /// Serves until `calls.is_over`. `wake` becomes readable when that may have changed; it may be
  /// empty.
  void Serve(const ServerCalls& calls, const Fd& wake);

  static constexpr std::chrono::seconds kPatience{5};
  static constexpr std::size_t kMaxConnections = 256;  ///< of each kind

 private:
  struct Connection;
  struct Outbox;
  enum class Kind { kLoopback, kUnix };

  BrokerServer(Fd loopback, Fd local, std::uint16_t port);
  void Accept(Kind kind);
  bool HasRoom(Kind kind) const;
  void Read(Connection& connection, const ServerCalls& calls);
  void Write(Connection& connection);
  void TakeReplies();

  Fd loopback_;
  Fd local_;
  std::uint16_t port_;
  std::shared_ptr<Outbox> outbox_;
  std::list<Connection> connections_;
  std::uint64_t last_id_ = 0;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_SERVER_H_
