#ifndef JOBWARDEN_TESTS_SUPPORT_RAW_SERVER_H_
#define JOBWARDEN_TESTS_SUPPORT_RAW_SERVER_H_

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace jobwarden::testing {

/// A server on a free port of 127.0.0.1 that may break every rule: `serve` gets each connection,
/// one after the other, and is asked to give up once `stopping()`.
class RawServer {
 public:
  explicit RawServer(std::function<void(Poco::Net::StreamSocket&, const RawServer&)> serve);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::uint16_t port() const { return socket_.address().port(); }
  bool stopping() const { return stopping_; }

 private:
  Poco::Net::ServerSocket socket_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

/// All up to the empty line that ends a request's header.
std::string ReadHeader(Poco::Net::StreamSocket& socket);

void SendText(Poco::Net::StreamSocket& socket, const std::string& text);

/// Hands bytes on between the two until one of them closes.
void Relay(Poco::Net::StreamSocket& a, Poco::Net::StreamSocket& b, const RawServer& server);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_RAW_SERVER_H_
