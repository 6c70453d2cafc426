#include "executor/local/place_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/file.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kStateUnwritable;
constexpr std::string_view kWhat = "place of a job";
constexpr std::size_t kMaxBytes = 16'384;

Finding Failed(const std::string& path, int error) {
  return Finding{kCode, fmt::format("{} {}: {}", kWhat, Quote(path), ErrorText(error))};
}

// One line of numbers, and five lines of text.
std::string Text(const PlaceHolder& holder) {
  return fmt::format("1 {} {} {} {}\n{}\n{}\n{}\n{}\n{}\n", holder.device, holder.inode,
                     holder.runner, holder.started, holder.job_folder, holder.own_folder,
                     holder.shelf, holder.home, holder.stuck);
}

std::optional<PlaceHolder> Parse(const std::string& text) {
  std::istringstream from(text);
  PlaceHolder holder;
  int format = 0;
  from >> format >> holder.device >> holder.inode >> holder.runner >> holder.started;
  if (!from || format != 1 || from.get() != '\n') return std::nullopt;
  for (std::string* line :
       {&holder.job_folder, &holder.own_folder, &holder.shelf, &holder.home, &holder.stuck}) {
    if (!std::getline(from, *line) || from.eof()) return std::nullopt;
  }
  return holder;
}

bool IsFolder(const PlaceHolder& holder) {
  struct stat st {};
  return lstat(holder.job_folder.c_str(), &st) == 0 && S_ISDIR(st.st_mode) &&
         st.st_dev == holder.device && st.st_ino == holder.inode;
}

}  // namespace

Result<PlaceHolder> ThisJob(const std::string& job_folder) {
  PlaceHolder job;
  job.job_folder = job_folder;
  struct stat st {};
  if (lstat(job_folder.c_str(), &st) != 0) {
    return Finding{Code::kDriverFailed,
                   fmt::format("TMPDIR {}: {}", Quote(job_folder), ErrorText(errno))};
  }
  job.device = st.st_dev;
  job.inode = st.st_ino;
  // A script around the driver is not a runner, and ends before the job does.
  const auto leader = getpgrp() == getpid() ? std::nullopt : StatOf(getpgrp());
  job.runner = leader ? leader->parent : getppid();
  if (const auto runner = StatOf(job.runner)) job.started = runner->started;
  return job;
}

Result<std::optional<PlaceLock>> PlaceLock::Open(const std::string& path, bool wait) {
  Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600));
  if (!fd) return Failed(path, errno);
  while (flock(fd.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::optional<PlaceLock>();
    if (errno != EINTR) return Failed(path, errno);
  }
  PlaceLock lock(std::move(fd), path);
  const auto text = ReadAll(lock.fd_, path, kMaxBytes, kCode, kWhat);
  if (!text) return text.findings();
  // What was not written whole was written by a process that did not go on.
  lock.holder_ = Parse(*text);
  return std::optional<PlaceLock>(std::move(lock));
}

bool PlaceLock::Held() const {
  if (!holder_ || !IsFolder(*holder_)) return false;
  const auto runner = StatOf(holder_->runner);
  return runner && runner->started == holder_->started;
}

Status PlaceLock::Write(const PlaceHolder& holder) {
  const std::string text = Text(holder);
  if (Parse(text) != holder) return Failed(holder.job_folder, EINVAL);  // a newline in a path
  auto put = Put(text);
  if (put) holder_ = holder;
  return put;
}

Status PlaceLock::Clear() {
  holder_.reset();
  return Put("");
}

Status PlaceLock::Put(const std::string& text) {
  if (ftruncate(fd_.get(), 0) != 0) return Failed(path_, errno);
  const ssize_t written = pwrite(fd_.get(), text.data(), text.size(), 0);
  if (written == static_cast<ssize_t>(text.size())) return Ok();
  return Failed(path_, written < 0 ? errno : ENOSPC);
}

}  // namespace jobwarden
