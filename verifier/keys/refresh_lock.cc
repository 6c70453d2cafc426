#include "verifier/keys/refresh_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using std::chrono::sys_seconds;

constexpr Code kCode = Code::kStateUnwritable;
constexpr std::string_view kWhat = "key cache";
constexpr std::size_t kMaxBytes = 16'384;

Fd OpenOrCreate(const std::string& path) {
  return Fd(
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600));
}

}  // namespace

Result<RefreshLock> RefreshLock::Take(const std::string& path, milliseconds patience) {
  Fd fd = OpenOrCreate(path);
  if (!fd && errno == ENOENT) {
    auto made = MakeFolders(std::filesystem::path(path).parent_path(), 0755, kCode, kWhat);
    if (!made) return std::move(made).findings();
    fd = OpenOrCreate(path);
  }
  if (!fd) {
    const int error = errno;
    return Finding{kCode, fmt::format("{} {}: {}", kWhat, Quote(path), ErrorText(error)),
                   fmt::format("run `jobwarden keys refresh` by a timer as the owner of its "
                               "folder, or give user {} access to it",
                               geteuid())};
  }
  if (auto status = CheckWriters(fd, path, std::nullopt, kCode, kWhat); !status) {
    return std::move(status).findings();
  }
  // Whoever can read a file can lock it, and a job must not keep a new key out. The file may be
  // there already, with another mode.
  if (fchmod(fd.get(), 0600) != 0) {
    return Finding{kCode, fmt::format("{} {}: {}", kWhat, Quote(path), ErrorText(errno))};
  }
  const auto deadline = steady_clock::now() + patience;
  for (milliseconds pause{2}; flock(fd.get(), LOCK_EX | LOCK_NB) != 0;
       pause = std::min(pause * 2, milliseconds(50))) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return Finding{kCode, fmt::format("{} {}: {}", kWhat, Quote(path), ErrorText(errno))};
    }
    if (steady_clock::now() >= deadline) {
      return Finding{Code::kKeysUnavailable,
                     fmt::format("another process has been fetching keys for {} seconds",
                                 std::chrono::duration_cast<seconds>(patience).count())};
    }
    std::this_thread::sleep_for(pause);
  }
  return RefreshLock(std::move(fd), path);
}

std::optional<RefreshAttempt> RefreshLock::LastAttempt() const {
  const auto bytes = ReadAll(fd_, path_, kMaxBytes, kCode, kWhat);
  if (!bytes) return std::nullopt;
  const auto note = ParseJson(*bytes, {.max_bytes = kMaxBytes}, kCode, kWhat);
  const Object* object = note ? note->AsObject() : nullptr;
  if (object == nullptr) return std::nullopt;
  const Value* began = object->Find("began");
  const Value* ended = object->Find("ended");
  const std::string* error = object->FindString("error");
  const std::string* hint = object->FindString("hint");
  if (began == nullptr || !began->AsInteger() || ended == nullptr || !ended->AsInteger() ||
      error == nullptr || hint == nullptr) {
    return std::nullopt;
  }
  return RefreshAttempt{sys_seconds(seconds(*began->AsInteger())),
                        sys_seconds(seconds(*ended->AsInteger())), *error, *hint};
}

void RefreshLock::Note(const RefreshAttempt& attempt) const {
  const std::string note =
      WriteJson(Object{{"began", Value(attempt.began.time_since_epoch().count())},
                       {"ended", Value(attempt.ended.time_since_epoch().count())},
                       {"error", attempt.error},
                       {"hint", attempt.hint}}) +
      "\n";
  if (ftruncate(fd_.get(), 0) != 0) return;
  // LastAttempt refuses a note that was cut short.
  [[maybe_unused]] const ssize_t written = pwrite(fd_.get(), note.data(), note.size(), 0);
}

}  // namespace jobwarden
