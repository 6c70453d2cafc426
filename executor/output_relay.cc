#include "executor/output_relay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace jobwarden {
namespace {

// Also the size of the pipe: the job runs on while we write. More would eat up what the kernel
// lets one user have in all pipes together before it gives new ones a single page.
constexpr int kBufferBytes = 256 * 1024;

}  // namespace

OutputRelay::OutputRelay(Fd from, int to) : from_(std::move(from)), to_(to) {
  fcntl(from_.get(), F_SETFL, O_NONBLOCK);
  fcntl(from_.get(), F_SETPIPE_SZ, kBufferBytes);
  struct stat st {};
  if (fstat(to, &st) != 0 || !S_ISFIFO(st.st_mode)) return;
  // O_NONBLOCK belongs to the open file, which others may share: so we open the pipe once more.
  reopened_ =
      Fd(open(fmt::format("/proc/self/fd/{}", to).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (reopened_) to_ = reopened_.get();
}

pollfd OutputRelay::Wants() const {
  if (!pending_.empty()) return {to_, POLLOUT, 0};
  return {from_.get(), POLLIN, 0};
}

void OutputRelay::Move() {
  if (pending_.empty()) Read();
  if (!pending_.empty()) Write();
}

void OutputRelay::TakeNoMoreThanIsThere() {
  int there = 0;
  if (from_ && ioctl(from_.get(), FIONREAD, &there) == 0 && there > 0) {
    allowed_ = static_cast<std::size_t>(there);
  } else {
    from_.Close();
  }
}

void OutputRelay::Read() {
  buffer_.resize(kBufferBytes);
  const ssize_t got = read(from_.get(), buffer_.data(), std::min(buffer_.size(), allowed_));
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return from_.Close();
  allowed_ -= static_cast<std::size_t>(got);
  if (allowed_ == 0) from_.Close();
  pending_ = std::string_view(buffer_).substr(0, static_cast<std::size_t>(got));
}

void OutputRelay::Write() {
  const ssize_t written = write(to_, pending_.data(), pending_.size());
  if (written >= 0) return pending_.remove_prefix(static_cast<std::size_t>(written));
  if (errno == EAGAIN || errno == EINTR) return;
  pending_ = {};
  from_.Close();
}

}  // namespace jobwarden
