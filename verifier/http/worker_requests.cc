// How a worker goes through one connection's requests. worker.cc says which connection is next.

#include <openssl/crypto.h>
#include <sys/epoll.h>

#include <string_view>
#include <utility>
#include <variant>

#include "verifier/base/secret.h"
#include "verifier/http/worker.h"

namespace jobwarden {
namespace {

using std::chrono::steady_clock;

// Answers that gather before they are sent.
constexpr std::size_t kMaxOut = 65'536;
// A client that was refused may still send the rest of what was too much.
constexpr std::size_t kMaxDropped = std::size_t{16} * 1024 * 1024;

}  // namespace

void HttpServer::Worker::Read(HttpConnection& connection) {
  do {
    std::size_t got = 0;
    switch (connection.transport.Read(buffer_, got)) {
      case Transport::Io::kOk:
        Feed(connection, {buffer_.data(), got});
        OPENSSL_cleanse(buffer_.data(), got);
        break;
      case Transport::Io::kWantRead:
        return Watch(connection, EPOLLIN);
      case Transport::Io::kWantWrite:
        return Watch(connection, EPOLLOUT);
      case Transport::Io::kEnd:
      case Transport::Io::kBroken:
        return SetState(connection, State::kDone);
    }
    // epoll does not know of bytes that TLS has decoded already.
  } while (connection.state == State::kReading && connection.transport.HasMore());
  if (connection.state == State::kReading) Watch(connection, EPOLLIN);
}

void HttpServer::Worker::Discard(HttpConnection& connection) {
  std::size_t got = 0;
  const auto io = connection.transport.Read(buffer_, got);
  OPENSSL_cleanse(buffer_.data(), got);
  connection.dropped += got;
  const bool goes_on = io == Transport::Io::kOk || io == Transport::Io::kWantRead;
  if (!goes_on || connection.dropped > kMaxDropped) SetState(connection, State::kDone);
}

// Takes bytes that came, and answers each request that is whole.
void HttpServer::Worker::Feed(HttpConnection& connection, std::string_view bytes) {
  using Reading = RequestReader::State;
  RequestReader& reader = connection.reader;
  while (!bytes.empty()) {
    const bool was_idle = reader.IsIdle();
    const auto before = reader.state();
    bytes.remove_prefix(reader.Take(bytes));
    switch (reader.state()) {
      case Reading::kHead:
        if (was_idle && !reader.IsIdle()) {
          connection.since = now_;
          connection.deadline = now_ + shared_->limits.head;
        }
        break;
      case Reading::kBody:
        if (was_idle) connection.since = now_;
        if (before == Reading::kHead) connection.deadline = now_ + shared_->limits.body;
        if (reader.TakeContinue()) connection.out += "HTTP/1.1 100 Continue\r\n\r\n";
        break;
      case Reading::kBad:
        return Refuse(connection, reader.fault());
      case Reading::kDone:
        if (was_idle) connection.since = now_;
        connection.began = steady_clock::now();
        if (!AnswerOne(connection, false)) {
          connection.unread = bytes;
          if (!connection.out.empty()) Flush(connection);
          return;
        }
        if (connection.ends) return Flush(connection);
        if (connection.out.size() > kMaxOut) {
          Flush(connection);
          if (connection.state != State::kReading) {
            connection.unread = bytes;
            return;
          }
        }
        break;
    }
  }
  if (!connection.out.empty()) Flush(connection);
}

// Whether the request has its answer, which is then in `out`. If not, it waits.
bool HttpServer::Worker::AnswerOne(HttpConnection& connection, bool is_last_try) {
  ReceivedRequest& request = connection.reader.request();
  HttpExchange exchange{request, connection.client, connection.began,
                        connection.state != State::kWaiting, is_last_try};
  auto reply = shared_->calls.handle(exchange);
  if (auto* wait = std::get_if<HttpWait>(&reply)) {
    const bool waits = connection.state == State::kWaiting;
    if (waits || shared_->BeginWaiting(connection.client)) {
      if (!waits) SetState(connection, State::kWaiting);
      Watch(connection, 0);
      (*wait)([worker = weak_from_this(), id = connection.id] {
        if (const auto alive = worker.lock()) alive->Wake(id);
      });
      return false;
    }
    reply = shared_->calls.refuse(
        {429, "as many requests as may wait for an issuer's keys do so already"});
  }
  connection.ends = connection.ends || !request.keep_alive || shared_->draining;
  Send(connection, std::get<HttpResponse>(reply));
  connection.reader.Reset();
  connections_.splice(connections_.end(), connections_, connection.place);
  if (connection.state != State::kWriting) SetState(connection, State::kReading);
  return true;
}

void HttpServer::Worker::Send(HttpConnection& connection, const HttpResponse& answer) {
  const std::string& method = connection.reader.request().method;
  AppendAnswer(connection.out, answer, date_, !connection.ends, method != "HEAD");
  shared_->calls.done(connection.client, method, answer, steady_clock::now() - connection.began);
}

void HttpServer::Worker::Refuse(HttpConnection& connection, const HttpFault& fault) {
  connection.ends = true;
  connection.began = steady_clock::now();
  Send(connection, shared_->calls.refuse(fault));
  connection.reader.Reset();
  Wipe(connection.unread);
  std::string().swap(connection.unread);
  Flush(connection);
}

void HttpServer::Worker::Flush(HttpConnection& connection) {
  while (connection.written < connection.out.size()) {
    std::size_t done = 0;
    const auto rest = std::string_view(connection.out).substr(connection.written);
    const auto io = connection.transport.Write(rest, done);
    connection.written += done;
    if (io == Transport::Io::kOk) continue;
    if (io != Transport::Io::kWantWrite && io != Transport::Io::kWantRead) {
      return SetState(connection, State::kDone);
    }
    // While it waits for keys nothing more is written; its answer will be.
    if (connection.state == State::kWaiting) return;
    // A client that reads a little at a time has no more time than one that does not read.
    if (connection.state != State::kWriting) SetState(connection, State::kWriting);
    return Watch(connection, io == Transport::Io::kWantWrite ? EPOLLOUT : EPOLLIN);
  }
  connection.written = 0;
  OPENSSL_cleanse(connection.out.data(), connection.out.size());
  if (connection.out.capacity() > kMaxOut) {
    std::string().swap(connection.out);
  } else {
    connection.out.clear();
  }
  if (connection.state == State::kWaiting) return;
  if (connection.ends) {
    connection.transport.EndOutput();
    SetState(connection, State::kLingering);
    return Watch(connection, EPOLLIN);
  }
  if (connection.state == State::kWriting) {
    SetState(connection, State::kReading);
    Resume(connection);
  }
}

// Goes on with what came while an answer was waited for or written.
void HttpServer::Worker::Resume(HttpConnection& connection) {
  const Secret unread(std::exchange(connection.unread, std::string()));
  if (connection.ends) return Flush(connection);
  Feed(connection, unread.view());
  if (connection.state == State::kReading) Read(connection);
}

}  // namespace jobwarden
