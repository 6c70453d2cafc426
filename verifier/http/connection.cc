#include "verifier/http/connection.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace jobwarden {

Transport::Transport(Fd fd, const TlsServer& tls) : fd_(std::move(fd)) {
  if (!tls) return;
  ssl_.reset(SSL_new(tls.get()));
  handshake_ = true;
  if (ssl_ && SSL_set_fd(ssl_.get(), fd_.get()) == 1) {
    SSL_set_accept_state(ssl_.get());
  } else {
    ssl_.reset();
  }
}

Transport::Io Transport::Outcome(int result) const {
  const int error = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_WANT_READ:
      return Io::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return Io::kWantWrite;
    case SSL_ERROR_ZERO_RETURN:
      return Io::kEnd;
    default:
      return Io::kBroken;
  }
}

Transport::Io Transport::Handshake() {
  if (!ssl_) return Io::kBroken;
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) return Outcome(result);
  handshake_ = false;
  return Io::kOk;
}

Transport::Io Transport::Read(std::span<char> buffer, std::size_t& got) {
  if (ssl_) {
    const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got);
    return result == 1 ? Io::kOk : Outcome(result);
  }
  const ssize_t result = recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (result > 0) {
    got = static_cast<std::size_t>(result);
    return Io::kOk;
  }
  if (result == 0) return Io::kEnd;
  return errno == EAGAIN || errno == EINTR ? Io::kWantRead : Io::kBroken;
}

Transport::Io Transport::Write(std::string_view bytes, std::size_t& done) {
  if (ssl_) {
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &done);
    return result == 1 ? Io::kOk : Outcome(result);
  }
  const ssize_t result = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (result >= 0) {
    done = static_cast<std::size_t>(result);
    return Io::kOk;
  }
  return errno == EAGAIN || errno == EINTR ? Io::kWantWrite : Io::kBroken;
}

bool Transport::HasMore() const {
  return ssl_ && SSL_has_pending(ssl_.get()) == 1;
}

void Transport::EndOutput() {
  if (ssl_ && !handshake_) {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  shutdown(fd_.get(), SHUT_WR);
}

}  // namespace jobwarden
