#include "executor/process/output_relay.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace jobwarden {
namespace {

// For a job's standard output, so that it runs on while we write. More would eat up what the kernel
// lets one user have in all pipes together before it gives new ones a single page.
constexpr int kPipeBytes = 524'288;

}  // namespace

OutputRelay::OutputRelay(Fd from, int to, const MaskSet* masked)
    : from_(std::move(from)), to_(to), splices_(masked == nullptr) {
  if (masked != nullptr) masker_.emplace(*masked);
  fcntl(from_.get(), F_SETFL, O_NONBLOCK);
  if (to == STDOUT_FILENO) fcntl(from_.get(), F_SETPIPE_SZ, kPipeBytes);
  struct stat st {};
  if (fstat(to, &st) != 0 || !S_ISFIFO(st.st_mode)) return;
  // O_NONBLOCK belongs to the open file, which others may share: so we open the pipe once more.
  reopened_ =
      Fd(open(fmt::format("/proc/self/fd/{}", to).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (to == STDOUT_FILENO) fcntl(to, F_SETPIPE_SZ, kPipeBytes);
  if (reopened_) to_ = reopened_.get();
}

pollfd OutputRelay::Wants() const {
  if (!unwritten_.empty() || to_full_) return {to_, POLLOUT, 0};
  return {from_.get(), POLLIN, 0};
}

std::size_t OutputRelay::Move() {
  if (splices_) return Splice();
  const std::size_t taken = unwritten_.empty() ? Read() : 0;
  if (!unwritten_.empty()) Write();
  if (unwritten_.empty() && !from_) QueueEnd();
  return taken;
}

void OutputRelay::TakeNoMoreThanIsThere() {
  int there = 0;
  if (from_ && ioctl(from_.get(), FIONREAD, &there) == 0 && there > 0) {
    allowed_ = static_cast<std::size_t>(there);
  } else {
    from_.Close();
    if (unwritten_.empty()) QueueEnd();
  }
}

std::size_t OutputRelay::Splice() {
  const ssize_t moved = splice(from_.get(), nullptr, to_, nullptr,
                               std::min<std::size_t>(kPipeBytes, allowed_), SPLICE_F_NONBLOCK);
  const int error = moved < 0 ? errno : 0;
  if (error == EINTR) return 0;
  // Which of the two was not ready is not said: it is the one that was not waited for.
  to_full_ = error == EAGAIN && !to_full_;
  if (error == EAGAIN) return 0;
  if (error == EPIPE) {
    from_.Close();
  } else if (error != 0) {
    splices_ = false;  // a terminal, or a file that is open for appending
  }
  return error == 0 ? Took(moved) : 0;
}

std::size_t OutputRelay::Read() {
  if (!masker_) buffer_.resize(kPipeBytes);
  const std::span<char> room = masker_ ? masker_->Room(kPipeBytes) : std::span<char>(buffer_);
  const ssize_t got = read(from_.get(), room.data(), std::min(room.size(), allowed_));
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  const std::size_t taken = Took(got);
  if (masker_) {
    Queue(masker_->Take(taken));
  } else if (taken > 0) {
    Queue({std::string_view(buffer_).substr(0, taken)});
  }
  return taken;
}

// Nothing, or an error: there will be no more.
std::size_t OutputRelay::Took(ssize_t bytes) {
  const auto taken = static_cast<std::size_t>(std::max<ssize_t>(bytes, 0));
  allowed_ -= taken;
  if (taken == 0 || allowed_ == 0) from_.Close();
  return taken;
}

void OutputRelay::Write() {
  std::array<iovec, 64> parts{};
  const std::size_t count = std::min(parts.size(), unwritten_.size());
  for (std::size_t i = 0; i < count; ++i) {
    parts[i] = {const_cast<char*>(unwritten_[i].data()), unwritten_[i].size()};
  }
  const ssize_t written = writev(to_, parts.data(), static_cast<int>(count));
  if (written < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (written < 0) {
    unwritten_ = {};
    masker_.reset();
    from_.Close();
    return;
  }
  auto left = static_cast<std::size_t>(written);
  while (left > 0) {
    const std::size_t part = std::min(left, unwritten_.front().size());
    left -= part;
    unwritten_.front().remove_prefix(part);
    if (unwritten_.front().empty()) unwritten_ = unwritten_.subspan(1);
  }
}

void OutputRelay::Queue(std::vector<std::string_view> pieces) {
  pieces_ = std::move(pieces);
  unwritten_ = pieces_;
}

// What was held back goes out, for nothing follows; most of a token is masked all the same.
void OutputRelay::QueueEnd() {
  if (masker_ && !std::exchange(ended_, true)) Queue(masker_->Finish());
}

}  // namespace jobwarden
