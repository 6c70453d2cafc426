#include "executor/process/stage_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStep{5};

Finding Failed(const std::string& path, int error) {
  return {Code::kStateUnwritable,
          fmt::format("lock of the job's stages {}: {}", Quote(path), ErrorText(error))};
}

}  // namespace

Result<StageLock> StageLock::Take(const std::string& path, milliseconds patience) {
  Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600));
  if (!fd) return Failed(path, errno);
  const auto deadline = steady_clock::now() + patience;
  while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return Failed(path, errno);
    if (steady_clock::now() >= deadline) {
      return Finding{Code::kDriverFailed, "an earlier stage of this job has not ended",
                     "look for its processes, which the driver does not get to kill"};
    }
    std::this_thread::sleep_for(kStep);
  }
  struct stat st {};
  if (fstat(fd.get(), &st) != 0) return Failed(path, errno);
  return StageLock(std::move(fd), path, st.st_size > 0);
}

// The mark is the file's size: a full disk has room for that.
Status StageLock::Begin() const {
  return ftruncate(fd_.get(), 1) == 0 ? Ok() : Status(Failed(path_, errno));
}

void StageLock::Finish() const {
  (void)!ftruncate(fd_.get(), 0);  // else the next stage looks for processes, and finds none
}

}  // namespace jobwarden
