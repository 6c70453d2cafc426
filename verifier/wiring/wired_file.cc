#include "verifier/wiring/wired_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <utility>
#include <vector>

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

std::string HintFor(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return geteuid() == 0 ? "is the file immutable? lsattr shows that" : "run this as root";
    case EBUSY:
      return "the file is mounted here: change it where it is mounted from, with --file";
    case EEXIST:
      return "an installation was cut off here, or another one runs now: remove this file if none "
             "runs";
    case ENOENT:
      return "the runner makes this file when it is registered";
    case ENOSPC:
    case EDQUOT:
      return "free space on that file system";
    default:
      return "";
  }
}

Finding Fault(const std::string& path, int error) {
  return {Code::kStateUnwritable, fmt::format("{}: {}", path, ErrorText(error)), HintFor(error)};
}

/// The name of a file in its folder.
const char* NameIn(const std::string& path) {
  return path.c_str() + path.rfind('/') + 1;
}

/// The folder of a file. Each file is opened, made, renamed and removed by this descriptor:
/// somebody who owns the folder can put a link in its place, and root would write where it leads.
Result<Fd> OpenFolderOf(const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/') + 1) + ".";
  Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) return fd;
  return Finding{Code::kConfigInvalid, fmt::format("{}: {}", path, ErrorText(errno)),
                 HintFor(errno)};
}

struct OpenWired {
  Fd fd;
  struct stat status {};
};

Result<OpenWired> Open(const Fd& folder, const std::string& path) {
  OpenWired file{Fd(openat(folder.get(), NameIn(path),
                           O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY))};
  if (!file.fd && errno == ELOOP) {
    return Finding{Code::kConfigInvalid, path + ": expected a file, got a link",
                   "name the file that the link leads to, or put the file in its place"};
  }
  if (!file.fd || fstat(file.fd.get(), &file.status) != 0) {
    return Finding{Code::kConfigInvalid, fmt::format("{}: {}", path, ErrorText(errno)),
                   HintFor(errno)};
  }
  if (!S_ISREG(file.status.st_mode)) {
    return Finding{Code::kConfigInvalid, path + ": expected a file"};
  }
  return file;
}

Result<std::string> Read(const OpenWired& file, const std::string& path) {
  return ReadAll(file.fd, path, kMaxBytes, Code::kConfigInvalid, "runner's configuration");
}

/// The bytes of the file that has this name now.
Result<std::string> ReadNow(const Fd& folder, const std::string& path) {
  const auto file = Open(folder, path);
  return file ? Read(*file, path) : file.findings();
}

constexpr const char* kAccessList = "system.posix_acl_access";

/// The extended attributes that are copied: access control lists, SELinux's label and people's own.
/// Others say something about the old bytes.
std::vector<std::string> AttributesOf(int fd) {
  std::string names(XATTR_LIST_MAX, '\0');
  const ssize_t size = flistxattr(fd, names.data(), names.size());
  std::vector<std::string> kept;
  for (std::size_t at = 0; size > 0 && at < static_cast<std::size_t>(size);) {
    std::string name = names.c_str() + at;
    at += name.size() + 1;
    if (name == kAccessList || name == "security.selinux" || name.starts_with("user.")) {
      kept.push_back(std::move(name));
    }
  }
  return kept;
}

std::string Attribute(int fd, const std::string& name) {
  std::string value(XATTR_SIZE_MAX, '\0');
  const ssize_t size = fgetxattr(fd, name.c_str(), value.data(), value.size());
  value.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return value;
}

/// Gives a new file the owner, mode and attributes of another one. Returns 0 or an errno.
int MakeLike(const OpenWired& like, int fd) {
  if (fchown(fd, like.status.st_uid, like.status.st_gid) != 0) return errno;
  const std::vector<std::string> names = AttributesOf(like.fd.get());
  for (const std::string& name : names) {
    const std::string value = Attribute(like.fd.get(), name);
    if (value == Attribute(fd, name)) continue;
    if (fsetxattr(fd, name.c_str(), value.data(), value.size(), 0) != 0) return errno;
  }
  // A folder can give each new file a list, which the mode below would bring to life.
  const bool has_list = std::find(names.begin(), names.end(), kAccessList) != names.end();
  if (!has_list && !Attribute(fd, kAccessList).empty() && fremovexattr(fd, kAccessList) != 0) {
    return errno;
  }
  return fchmod(fd, like.status.st_mode & 07777) == 0 ? 0 : errno;
}

/// Puts a file like `like` at `path`. With `replaced` only in the place of a file that holds these
/// bytes: GitLab Runner writes its file too.
Status Put(const Fd& folder, const std::string& path, std::string_view bytes, const OpenWired& like,
           std::optional<std::string_view> replaced = std::nullopt) {
  const std::string part = path + ".part";
  const Fd fd(openat(folder.get(), NameIn(part),
                     O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return Fault(part, errno);
  const auto give_up = [&](Finding why) -> Status {
    unlinkat(folder.get(), NameIn(part), 0);
    return why;
  };
  int error = WriteAll(fd.get(), bytes);
  if (error == 0) error = MakeLike(like, fd.get());
  if (error == 0 && fsync(fd.get()) != 0) error = errno;
  if (error != 0) return give_up(Fault(path, error));
  if (replaced) {
    const auto now = ReadNow(folder, path);
    if (!now || *now != *replaced) {
      return give_up({Code::kStateUnwritable,
                      path + ": it was changed meanwhile; nothing was written", "try again"});
    }
  }
  if (renameat(folder.get(), NameIn(part), folder.get(), NameIn(path)) != 0) {
    return give_up(Fault(path, errno));
  }
  return Ok();
}

Status Keep(const Fd& folder, const std::string& path) {
  return fsync(folder.get()) == 0 ? Ok() : Status(Fault(path, errno));
}

}  // namespace

Result<std::string> ReadWired(const std::string& path) {
  const auto folder = OpenFolderOf(path);
  return folder ? ReadNow(*folder, path) : folder.findings();
}

Result<std::string> WriteWired(const std::string& path, std::string_view before,
                               std::string_view after) {
  const auto folder = OpenFolderOf(path);
  if (!folder) return folder.findings();
  const auto file = Open(*folder, path);
  if (!file) return file.findings();
  const std::string backup = BackupOf(path, after);
  if (Status put = Put(*folder, backup, before, *file); !put) return put.findings();
  Status status = Keep(*folder, backup);
  if (status) status = Put(*folder, path, after, *file, before);
  if (!status) {
    // Nobody asked for another file with the runner's token.
    unlinkat(folder->get(), NameIn(backup), 0);
    return status.findings();
  }
  if (status = Keep(*folder, path); !status) return status.findings();
  return backup;
}

Status UndoWired(const std::string& path) {
  const auto folder = OpenFolderOf(path);
  if (!folder) return folder.findings();
  const auto file = Open(*folder, path);
  if (!file) return file.findings();
  const auto now = Read(*file, path);
  if (!now) return now.findings();
  const std::string backup = BackupOf(path, *now);
  const auto kept = Open(*folder, backup);
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
  if (Status put = Put(*folder, path, *before, *file, *now); !put) return put;
  if (unlinkat(folder->get(), NameIn(backup), 0) != 0) return Fault(backup, errno);
  return Keep(*folder, path);
}

}  // namespace jobwarden
