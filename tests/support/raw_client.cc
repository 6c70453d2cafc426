#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

namespace jobwarden::testing {
namespace {

void SetPatience(int fd) {
  const timeval patience{30, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

}  // namespace

RawClient::RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  SetPatience(fd_);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(std::exchange(fd_, -1));
  }
}

RawClient::RawClient(const std::string& path)
    : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  SetPatience(fd_);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    close(std::exchange(fd_, -1));
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

void RawClient::Send(const std::string& bytes) const {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t done = send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (done <= 0) return;
    sent += static_cast<std::size_t>(done);
  }
}

void RawClient::EndOutput() const {
  shutdown(fd_, SHUT_WR);
}

bool RawClient::HasAnswer() const {
  pollfd polled{fd_, POLLIN, 0};
  return !got_.empty() || poll(&polled, 1, 0) == 1;
}

HttpReply RawClient::Read(bool has_body) {
  const auto more = [&] {
    char buffer[65'536];
    const ssize_t got = recv(fd_, buffer, sizeof(buffer), 0);
    if (got > 0) got_.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  };
  HttpReply reply;
  std::size_t end = 0;
  while ((end = got_.find("\r\n\r\n")) == got_.npos) {
    if (!more()) return reply;
  }
  reply.head = got_.substr(0, end + 2);
  got_.erase(0, end + 4);
  reply.status = std::atoi(reply.head.c_str() + std::strlen("HTTP/1.1 "));
  const std::string field = "\r\nContent-Length: ";
  const std::size_t at = reply.head.find(field);
  const std::size_t length =
      at == reply.head.npos || !has_body ? 0 : std::stoul(reply.head.substr(at + field.size()));
  while (got_.size() < length) {
    if (!more()) return {};
  }
  reply.body = got_.substr(0, length);
  got_.erase(0, length);
  return reply;
}

std::string RawClient::ReadToEnd() {
  char buffer[65'536];
  ssize_t got = 0;
  while ((got = recv(fd_, buffer, sizeof(buffer), 0)) > 0) {
    got_.append(buffer, static_cast<std::size_t>(got));
  }
  return std::exchange(got_, "");
}

}  // namespace jobwarden::testing
