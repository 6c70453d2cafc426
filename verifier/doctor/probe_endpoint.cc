#include "verifier/doctor/probe_endpoint.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxRequest = 16'384;

[[noreturn]] void Fail() {
  throw std::system_error(errno, std::generic_category(), "the probe's endpoint");
}

// The value of `audience` in the query of a request.
std::string AudienceIn(std::string_view request) {
  constexpr std::string_view kName = "audience=";
  const std::size_t at = request.find(kName);
  if (at == std::string_view::npos) return "";
  request.remove_prefix(at + kName.size());
  return std::string(PercentDecoded(request.substr(0, request.find_first_of(" &\r\n"))).view());
}

}  // namespace

ProbeEndpoint::ProbeEndpoint(Mint mint)
    : mint_(std::move(mint)), socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);  // NOLINT(*-reinterpret-cast)
  if (!socket_ || bind(socket_.get(), any, size) != 0 || listen(socket_.get(), 8) != 0 ||
      getsockname(socket_.get(), any, &size) != 0) {
    Fail();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

ProbeEndpoint::~ProbeEndpoint() {
  over_ = true;
  shutdown(socket_.get(), SHUT_RDWR);
  thread_.join();
}

std::string ProbeEndpoint::url() const {
  return fmt::format("http://127.0.0.1:{}/token?probe=1", port_);
}

void ProbeEndpoint::Serve() {
  while (!over_) {
    const Fd connection(accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection) AnswerOne(connection.get());
    if (!connection && errno != EINTR && errno != ECONNABORTED) return;
  }
}

void ProbeEndpoint::AnswerOne(int connection) const {
  const timeval patience{5, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  std::string request;
  std::array<char, 4096> bytes{};
  while (request.find("\r\n\r\n") == std::string::npos && request.size() < kMaxRequest) {
    const ssize_t size = recv(connection, bytes.data(), bytes.size(), 0);
    if (size <= 0) return;
    request.append(bytes.data(), static_cast<std::size_t>(size));
  }
  const std::string body = WriteJson(Object{{"count", 1}, {"value", mint_(AudienceIn(request))}});
  const std::string answer = fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
      "Connection: close\r\n\r\n{}",
      body.size(), body);
  for (std::string_view rest = answer; !rest.empty();) {
    const ssize_t size = send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (size <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace jobwarden
