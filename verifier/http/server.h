#ifndef JOBWARDEN_VERIFIER_HTTP_SERVER_H_
#define JOBWARDEN_VERIFIER_HTTP_SERVER_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/http/answer.h"
#include "verifier/http/listener.h"
#include "verifier/http/request_reader.h"
#include "verifier/http/tls.h"

namespace jobwarden {

/// A request, while it is answered.
struct HttpExchange {
  ReceivedRequest& request;
  const HttpClient& client;
  std::chrono::steady_clock::time_point began;  ///< when the request had come
  bool is_first_try;
  bool is_last_try;  ///< the client has waited as long as it may: answer now
};

/// Instead of an answer. It is called with what brings the request to the handler once more, which
/// may happen at once, later, from any thread, or never: then the request is tried a last time when
/// the client has waited long enough.
using HttpWait = std::function<void(std::function<void()> again)>;
using HttpReply = std::variant<HttpResponse, HttpWait>;

/// What a server asks of its owner. All are called by several threads, and must not block.
struct HttpCalls {
  std::function<HttpReply(HttpExchange&)> handle;
  /// The answer to a request that cannot be read, or that comes at a bad time.
  std::function<HttpResponse(const HttpFault&)> refuse;
  /// Called when an answer begins to be sent.
  std::function<void(const HttpClient&, const std::string& method, const HttpResponse&,
                     std::chrono::nanoseconds took)>
      done;
};

struct HttpLimits {
  std::size_t workers = 1;
  std::size_t max_connections = 12'000;
  std::size_t max_body = 262'144;
  std::size_t max_held = 67'108'864;         ///< bytes of requests, answers and handshakes
  std::size_t max_waiting = 4096;            ///< requests that wait, of all clients
  std::size_t max_waiting_of_client = 1024;  ///< and of one
  std::chrono::seconds handshake{10};
  std::chrono::seconds head{5};   ///< from a request's first byte to the end of its head
  std::chrono::seconds body{10};  ///< to the end of its body
  std::chrono::seconds idle{75};  ///< between requests
  std::chrono::seconds wait{60};  ///< how long a request may wait to be answered
  std::chrono::seconds write{20};
  std::chrono::seconds linger{2};
  std::chrono::milliseconds slow{1000};  ///< after this time a request that is not whole may go
};

/// An HTTP/1.1 server. Each worker is a thread that serves its share of the connections and waits
/// for none of them, so a client that sends or reads slowly delays nobody, and costs a descriptor
/// and some hundred bytes until its time is over (408, or the end of the connection).
///
/// Where there are as many connections as there may be, the one that has been idle longest goes; if
/// none is idle, one whose request has been on its way too long. Where requests and answers take as
/// much memory as they may, the connection that takes most of it goes (503).
class HttpServer {
 public:
  HttpServer(std::vector<Listener> listeners, TlsServer tls, HttpLimits limits, HttpCalls calls);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  /// Starts the workers. STATE_UNWRITABLE.
  Status Start();
  /// New connections use this from now on.
  void SetTls(TlsServer tls);
  /// Accepts nothing more, ends idle connections, and each other one after its answer.
  void Drain();
  /// Ends the workers and all connections.
  void Stop();

  std::size_t connections() const;
  std::size_t waiting() const;
  /// Whether each worker has made a round since the last call.
  bool IsAlive();

 private:
  struct Shared;
  class Worker;
  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
  std::vector<std::uint64_t> rounds_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HTTP_SERVER_H_
