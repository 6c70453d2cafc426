#ifndef JOBWARDEN_TESTS_SUPPORT_RAW_CLIENT_H_
#define JOBWARDEN_TESTS_SUPPORT_RAW_CLIENT_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace jobwarden::testing {

/// What a server answered.
struct HttpReply {
  int status = 0;
  std::string head;
  std::string body;

  nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
};

/// A socket of a client that may be as rude as it likes.
class RawClient {
 public:
  /// To a port of 127.0.0.1, or to the Unix socket of this path.
  explicit RawClient(std::uint16_t port);
  explicit RawClient(const std::string& path);
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawClient& operator=(RawClient&& other) noexcept {
    std::swap(fd_, other.fd_);
    got_.swap(other.got_);
    return *this;
  }
  ~RawClient();

  bool connected() const { return fd_ >= 0; }
  void Send(const std::string& bytes) const;
  void EndOutput() const;
  /// The next answer; status 0 if the connection ends without one.
  HttpReply Read(bool has_body = true);
  /// Whether bytes of an answer, or the end of the connection, have come.
  bool HasAnswer() const;
  /// All that comes until the server ends the connection; within 30 s.
  std::string ReadToEnd();

 private:
  int fd_ = -1;
  std::string got_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_RAW_CLIENT_H_
