#ifndef JOBWARDEN_VERIFIER_HTTP_CONNECTION_H_
#define JOBWARDEN_VERIFIER_HTTP_CONNECTION_H_

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "verifier/http/listener.h"
#include "verifier/http/request_reader.h"
#include "verifier/http/tls.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// The bytes of a connection, over TCP or a Unix socket, with TLS or without. It never blocks.
class Transport {
 public:
  enum class Io { kOk, kWantRead, kWantWrite, kEnd, kBroken };

  /// With `tls`, a handshake comes first.
  Transport(Fd fd, const TlsServer& tls);

  int fd() const { return fd_.get(); }
  bool in_handshake() const { return handshake_; }
  Io Handshake();
  /// Reads up to `buffer.size()` bytes; `got` says how many.
  Io Read(std::span<char> buffer, std::size_t& got);
  Io Write(std::string_view bytes, std::size_t& done);
  /// Tells the client that nothing more comes. It may still send.
  void EndOutput();
  /// Whether bytes have come of which the descriptor does not tell any more.
  bool HasMore() const;

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  Io Outcome(int result) const;

  Fd fd_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  bool handshake_ = false;
};

/// A client's connection, and how far it has come.
struct HttpConnection {
  enum class State {
    kHandshake,
    kReading,
    kWaiting,    ///< for keys, to answer a request that has come
    kWriting,    ///< more than the socket takes at once
    kLingering,  ///< all is written; the client may still send
    kDone,
  };

  HttpConnection(std::uint64_t number, Fd fd, const TlsServer& tls, HttpClient who,
                 std::size_t max_body)
      : id(number), transport(std::move(fd), tls), client(std::move(who)), reader(max_body) {}
  ~HttpConnection() { Wipe(unread); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  bool IsIdle() const { return state == State::kReading && reader.IsIdle(); }
  /// Whether the client has begun something that it has not ended.
  bool IsUnderWay() const {
    return state == State::kHandshake || (state == State::kReading && !reader.IsIdle());
  }
  /// Bytes of memory that the client's requests, their answers and a handshake take.
  std::size_t Held() const {
    // What libssl allocates for a handshake: its buffers and the longest ClientHello.
    constexpr std::size_t kHandshakeBytes = 57'344;
    return reader.held() + unread.capacity() + out.capacity() +
           (state == State::kHandshake ? kHandshakeBytes : 0);
  }

  std::uint64_t id;
  std::list<std::unique_ptr<HttpConnection>>::iterator place;  ///< in its worker's list
  Transport transport;
  HttpClient client;
  State state = State::kReading;
  RequestReader reader;
  std::string unread;  ///< bytes of later requests, while an answer is waited for or written
  std::string out;     ///< answers
  std::size_t written = 0;
  bool ends = false;                                 ///< no request is read after this one
  std::uint32_t events = 0;                          ///< what epoll waits for
  std::size_t dropped = 0;                           ///< bytes while it lingers
  std::size_t held = 0;                              ///< as its worker has counted it
  std::chrono::steady_clock::time_point since{};     ///< its handshake or its request is under way
  std::chrono::steady_clock::time_point began{};     ///< when the request had come
  std::chrono::steady_clock::time_point deadline{};  ///< of its state
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HTTP_CONNECTION_H_
