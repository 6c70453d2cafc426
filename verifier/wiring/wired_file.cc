#include "verifier/wiring/wired_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

/// The backup of the bytes that `bytes` have replaced.
std::string BackupOf(const std::string& path, std::string_view bytes) {
  return fmt::format("{}.before-jobwarden-{}", path, Sha256Hex(bytes).substr(0, 16));
}

Finding Fault(const std::string& path, int error) {
  std::string hint;
  if (error == EACCES || error == EPERM) hint = "run this as root";
  if (error == EEXIST) {
    hint =
        "an installation was cut off here, or another one runs now: remove this file if none runs";
  }
  return {Code::kStateUnwritable, fmt::format("{}: {}", path, ErrorText(error)), std::move(hint)};
}

struct OpenWired {
  Fd fd;
  struct stat status {};
};

Result<OpenWired> Open(const std::string& path) {
  OpenWired file{Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY))};
  if (!file.fd || fstat(file.fd.get(), &file.status) != 0) {
    return Finding{Code::kConfigInvalid,
                   fmt::format("{}: {}", path,
                               errno == ELOOP ? "expected a file, got a link" : ErrorText(errno))};
  }
  if (!S_ISREG(file.status.st_mode)) {
    return Finding{Code::kConfigInvalid, path + ": expected a file"};
  }
  return file;
}

/// Puts a file with the owner and mode of `like` at `path`, in the place of what is there.
Status Put(const std::string& path, std::string_view bytes, const struct stat& like) {
  const std::string part = path + ".part";
  const Fd fd(open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return Fault(part, errno);
  int error = WriteAll(fd.get(), bytes);
  if (error == 0 && (fchown(fd.get(), like.st_uid, like.st_gid) != 0 ||
                     fchmod(fd.get(), like.st_mode & 07777) != 0 || fsync(fd.get()) != 0 ||
                     rename(part.c_str(), path.c_str()) != 0)) {
    error = errno;
  }
  if (error != 0) {
    unlink(part.c_str());
    return Fault(path, error);
  }
  const Fd folder(open(path.substr(0, path.rfind('/') + 1).append(".").c_str(),
                       O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || fsync(folder.get()) != 0) return Fault(path, errno);
  return Ok();
}

Result<std::string> Read(const OpenWired& file, const std::string& path) {
  return ReadAll(file.fd, path, kMaxBytes, Code::kConfigInvalid, "runner's configuration");
}

}  // namespace

Result<std::string> ReadWired(const std::string& path) {
  const auto file = Open(path);
  if (!file) return file.findings();
  return Read(*file, path);
}

Result<std::string> WriteWired(const std::string& path, std::string_view before,
                               std::string_view after) {
  const auto file = Open(path);
  if (!file) return file.findings();
  const auto now = Read(*file, path);
  if (!now) return now.findings();
  if (*now != before) {
    return Finding{Code::kStateUnwritable, path + ": it was changed meanwhile; nothing was written",
                   "try again"};
  }
  const std::string backup = BackupOf(path, after);
  if (Status put = Put(backup, before, file->status); !put) return put.findings();
  if (Status put = Put(path, after, file->status); !put) return put.findings();
  return backup;
}

Status UndoWired(const std::string& path) {
  const auto file = Open(path);
  if (!file) return file.findings();
  const auto now = Read(*file, path);
  if (!now) return now.findings();
  const std::string backup = BackupOf(path, *now);
  const auto kept = Open(backup);
  if (!kept) {
    return Finding{Code::kConfigInvalid,
                   path +
                       ": there is no backup of what these bytes have replaced; nothing was "
                       "changed",
                   "the file was not written by this command, or was changed since: compare it "
                   "with the backups beside it (*.before-jobwarden-*)"};
  }
  const auto before = Read(*kept, backup);
  if (!before) return before.findings();
  if (kept->status.st_uid != file->status.st_uid) {
    return Finding{Code::kConfigInvalid, backup + ": it belongs to another user than the file"};
  }
  if (Status put = Put(path, *before, file->status); !put) return put;
  if (unlink(backup.c_str()) != 0) return Fault(backup, errno);
  return Ok();
}

}  // namespace jobwarden
