#include "verifier/os/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

Finding Refuse(Code code, std::string_view what, const std::string& path, std::string_view why,
               std::string hint = "") {
  return Finding{code, fmt::format("{} {}: {}", what, Quote(path), why), std::move(hint)};
}

Finding RefuseErrno(Code code, std::string_view what, const std::string& path, int error) {
  std::string hint;
  if (error == ENOSPC || error == EDQUOT) hint = "free space on that file system";
  if (error == EROFS || error == EACCES || error == EPERM) {
    hint = fmt::format("user {} needs access to it", geteuid());
  }
  return Refuse(code, what, path, ErrorText(error), std::move(hint));
}

// Why others could have changed a file, folder or link, and what to do.
struct WriterProblem {
  std::string what;
  std::string hint;
};

constexpr std::string_view kSharedUser =
    "set executor.shared_user = true (for GitHub's runner github.shared_user), when every job on "
    "this machine may trust the others";

bool IsReadOnly(const std::string& path) {
  struct statvfs fs {};
  return statvfs(path.c_str(), &fs) == 0 && (fs.f_flag & ST_RDONLY) != 0;
}

// `st` is that of `seen`, and `path` is its name for a person. If the entries of a folder are
// trusted, the sticky bit excuses it: others can add entries, and replace none.
std::optional<WriterProblem> FindWriter(const std::string& seen, const std::string& path,
                                        const struct stat& st, bool sticky_excuses,
                                        std::optional<uid_t> job_user) {
  const std::string quoted = Quote(path);
  const std::string_view chown = S_ISLNK(st.st_mode) ? "chown -h root" : "chown root";
  const bool mode_counts = !S_ISLNK(st.st_mode) &&
                           !(sticky_excuses && S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX) != 0);
  const bool open_to_all = mode_counts && (st.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (st.st_uid != 0 && st.st_uid != geteuid()) {
    const std::string also = geteuid() == 0 ? "" : fmt::format(" or user {}", geteuid());
    return WriterProblem{fmt::format("belongs to user {}, expected root{}", st.st_uid, also),
                         open_to_all ? fmt::format("{0} {1}; chmod go-w {1}", chown, quoted)
                                     : fmt::format("{} {}", chown, quoted)};
  }
  const bool job_user_writes = job_user && (*job_user == 0 || st.st_uid == *job_user);
  if ((!open_to_all && !job_user_writes) || IsReadOnly(seen)) return std::nullopt;
  if (open_to_all) {
    return WriterProblem{
        fmt::format("can be written by group or others (mode {:04o})", st.st_mode & 07777),
        fmt::format("chmod go-w {}", quoted)};
  }
  return WriterProblem{
      fmt::format("can be written by user {}, who runs the job's script", *job_user),
      *job_user == 0 ? fmt::format("run jobs as another user than root, or {}", kSharedUser)
                     : fmt::format("{} {}, or {}", chown, quoted, kSharedUser)};
}

// Puts the names of `path` before the names that are still to be walked.
void PutInFront(std::vector<std::string>& reversed, const std::filesystem::path& path) {
  std::vector<std::string> names;
  for (const auto& name : path.relative_path()) {
    if (!name.empty() && name != ".") names.push_back(name.string());
  }
  reversed.insert(reversed.end(), names.rbegin(), names.rend());
}

// All folders and links on the way to `path`, which need not be there itself.
Status CheckWay(const std::string& path, std::optional<uid_t> job_user, Code code,
                std::string_view what) {
  constexpr int kMaxLinks = 40;
  const auto refuse = [&](std::string_view which, const WriterProblem& problem) {
    return Refuse(code, what, path, fmt::format("{}{}", which, problem.what), problem.hint);
  };
  struct stat st {};
  // Walks from the root, as the kernel does. Whoever could change a folder or a link on the way
  // could put another file in place of this one.
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  if (error) return RefuseErrno(code, what, path, error.value());
  std::vector<std::string> left;  // in reverse
  PutInFront(left, whole);
  std::filesystem::path folder = "/";
  for (int links = 0;;) {
    if (lstat(folder.c_str(), &st) != 0) return RefuseErrno(code, what, folder.string(), errno);
    const bool is_last = left.size() <= 1;
    if (const auto problem = FindWriter(folder.string(), folder.string(), st, !is_last, job_user)) {
      return refuse(fmt::format("its folder {} ", Quote(folder.string())), *problem);
    }
    if (left.empty()) return Ok();
    const std::filesystem::path next = folder / left.back();
    const bool up = left.back() == "..";
    left.pop_back();
    if (up) {
      folder = folder.parent_path();
      continue;
    }
    if (lstat(next.c_str(), &st) != 0) {
      if (errno == ENOENT && left.empty()) return Ok();
      return RefuseErrno(code, what, next.string(), errno);
    }
    if (S_ISLNK(st.st_mode)) {
      if (++links > kMaxLinks) return RefuseErrno(code, what, next.string(), ELOOP);
      if (const auto problem = FindWriter(next.string(), next.string(), st, false, job_user)) {
        return refuse(fmt::format("the link {} ", Quote(next.string())), *problem);
      }
      const auto target = std::filesystem::read_symlink(next, error);
      if (error) return RefuseErrno(code, what, next.string(), error.value());
      PutInFront(left, target);
      if (target.is_absolute()) folder = "/";
    } else if (left.empty()) {
      return Ok();
    } else {
      folder = next;
    }
  }
}

// With `create`, O_CREAT, it is made where it is not there.
Result<Fd> OpenForAppend(const std::string& path, int create, Code code, std::string_view what) {
  // O_NONBLOCK: see OpenFile.
  constexpr int kFlags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  Fd fd(open(path.c_str(), kFlags | create, 0600));
  if (!fd && errno == ELOOP) return Refuse(code, what, path, "is a link", "name the file itself");
  if (!fd) return RefuseErrno(code, what, path, errno);
  struct stat st {};
  if (fstat(fd.get(), &st) != 0) return RefuseErrno(code, what, path, errno);
  if (!S_ISREG(st.st_mode)) return Refuse(code, what, path, "not a regular file");
  return fd;
}

// Whether the file ends within a line. While another writer writes, that may seem to be so; then an
// empty line too many is written, and nothing is lost.
bool EndsWithinLine(const Fd& fd) {
  struct stat st {};
  char last = '\n';
  return fstat(fd.get(), &st) == 0 && st.st_size > 0 &&
         pread(fd.get(), &last, 1, st.st_size - 1) == 1 && last != '\n';
}

}  // namespace

std::string ErrorText(int error) {
  const char* text = strerrordesc_np(error);
  return text == nullptr ? fmt::format("error {}", error) : text;
}

Result<Fd> OpenFile(const std::string& path, Code code, std::string_view what) {
  // O_NONBLOCK: a FIFO in place of the file must not block us before fstat sees what it is.
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) return RefuseErrno(code, what, path, errno);
  struct stat st {};
  if (fstat(fd.get(), &st) != 0) return RefuseErrno(code, what, path, errno);
  if (!S_ISREG(st.st_mode)) return Refuse(code, what, path, "not a regular file");
  return fd;
}

Result<std::string> ReadAll(const Fd& fd, const std::string& path, std::size_t max_bytes, Code code,
                            std::string_view what) {
  struct stat st {};
  if (fstat(fd.get(), &st) != 0) return RefuseErrno(code, what, path, errno);
  const auto too_large = [&] {
    return Refuse(code, what, path, fmt::format("larger than the limit of {} bytes", max_bytes));
  };
  if (st.st_size > static_cast<off_t>(max_bytes)) return too_large();
  std::string bytes(static_cast<std::size_t>(st.st_size) + 1, '\0');
  std::size_t size = 0;
  for (;;) {
    const ssize_t got =
        pread(fd.get(), bytes.data() + size, bytes.size() - size, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return RefuseErrno(code, what, path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > max_bytes) return too_large();
    if (size == bytes.size()) bytes.resize(size * 2);
  }
  bytes.resize(size);
  return bytes;
}

Result<std::string> ReadFile(const std::string& path, std::size_t max_bytes, Code code,
                             std::string_view what) {
  auto fd = OpenFile(path, code, what);
  if (!fd) return std::move(fd).findings();
  return ReadAll(*fd, path, max_bytes, code, what);
}

Result<Fd> OpenFolder(const std::string& path, Code code, std::string_view what) {
  Fd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd && errno != ENOENT) return RefuseErrno(code, what, path, errno);
  return fd;
}

Result<std::vector<std::string>> ListFolder(const Fd& fd, const std::string& path, Code code,
                                            std::string_view what) {
  // The stream closes its descriptor and moves its offset, so it gets a descriptor of its own.
  const int own = openat(fd.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = own < 0 ? nullptr : fdopendir(own);
  if (stream == nullptr) {
    const int error = errno;
    Fd{own}.Close();
    return RefuseErrno(code, what, path, error);
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(stream)) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  const int error = errno;
  closedir(stream);
  if (error != 0) return RefuseErrno(code, what, path, error);
  std::sort(names.begin(), names.end());
  return names;
}

Status CheckWriters(const Fd& fd, const std::string& path, std::optional<uid_t> job_user, Code code,
                    std::string_view what) {
  struct stat st {};
  if (fstat(fd.get(), &st) != 0) return RefuseErrno(code, what, path, errno);
  if (const auto problem =
          FindWriter(fmt::format("/proc/self/fd/{}", fd.get()), path, st, false, job_user)) {
    return Refuse(code, what, path, problem->what, problem->hint);
  }
  return CheckWay(path, job_user, code, what);
}

Status CheckWriters(const Fd& fd, const std::string& path, const std::vector<uid_t>& job_users,
                    Code code, std::string_view what) {
  if (job_users.empty()) return CheckWriters(fd, path, std::nullopt, code, what);
  for (const uid_t user : job_users) {
    if (auto checked = CheckWriters(fd, path, user, code, what); !checked) return checked;
  }
  return Ok();
}

Status CheckWritersOfPlace(const std::string& path, const std::vector<uid_t>& job_users, Code code,
                           std::string_view what) {
  auto checked = CheckWay(path, std::nullopt, code, what);
  for (const uid_t user : job_users) {
    if (checked) checked = CheckWay(path, user, code, what);
  }
  return checked;
}

Status WriteFileAtomically(const std::string& path, std::string_view bytes, mode_t mode, Code code,
                           std::string_view what, Durability durability) {
  const bool durable = durability == Durability::kDurable;
  std::string beside = path + ".XXXXXX";
  Fd fd(mkostemp(beside.data(), O_CLOEXEC));
  if (!fd) return RefuseErrno(code, what, path, errno);
  int error = WriteAll(fd.get(), bytes);
  if (error == 0 && fchmod(fd.get(), mode) != 0) error = errno;
  if (error == 0 && durable && fsync(fd.get()) != 0) error = errno;
  if (close(fd.Release()) != 0 && error == 0) error = errno;
  if (error == 0 && rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    unlink(beside.c_str());
    return RefuseErrno(code, what, path, error);
  }
  if (!durable) return Ok();
  // The rename survives a power cut only if the folder is on disk too.
  const Fd folder(
      open(std::filesystem::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) fsync(folder.get());
  return Ok();
}

Status OverwriteFile(const std::string& path, std::string_view bytes, Code code,
                     std::string_view what) {
  // O_NONBLOCK: see OpenFile.
  const Fd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK));
  if (!fd) return RefuseErrno(code, what, path, errno);
  struct stat st {};
  if (fstat(fd.get(), &st) != 0) return RefuseErrno(code, what, path, errno);
  if (!S_ISREG(st.st_mode)) return Refuse(code, what, path, "not a regular file");
  int error = WriteAll(fd.get(), bytes);
  if (error == 0 && ftruncate(fd.get(), static_cast<off_t>(bytes.size())) != 0) error = errno;
  if (error != 0) return RefuseErrno(code, what, path, error);
  return Ok();
}

Result<Fd> OpenToAppend(const std::string& path, Code code, std::string_view what) {
  return OpenForAppend(path, O_CREAT, code, what);
}

Status AppendLine(const std::string& path, std::string_view line, Code code,
                  std::string_view what) {
  const auto fd = OpenToAppend(path, code, what);
  return fd ? AppendLine(*fd, path, line, code, what) : Status(fd.findings());
}

Status AppendLine(const Fd& fd, const std::string& path, std::string_view line, Code code,
                  std::string_view what) {
  std::string whole = EndsWithinLine(fd) ? "\n" : "";
  whole += line;
  whole += '\n';
  const ssize_t written = write(fd.get(), whole.data(), whole.size());
  if (written == static_cast<ssize_t>(whole.size())) return Ok();
  const int error = written < 0 ? errno : ENOSPC;
  if (written > 0) {
    struct stat st {};
    // The descriptor's offset is the end of our part. Cut it off unless somebody wrote after it.
    const off_t end = lseek(fd.get(), 0, SEEK_CUR);
    if (fstat(fd.get(), &st) == 0 && st.st_size == end && ftruncate(fd.get(), end - written) != 0) {
      return RefuseErrno(code, what, path, errno);
    }
  }
  return RefuseErrno(code, what, path, error);
}

Status CheckAppend(const std::string& path, Code code, std::string_view what) {
  struct stat st {};
  if (lstat(path.c_str(), &st) == 0) {
    const auto opened = OpenForAppend(path, 0, code, what);
    return opened ? Ok() : Status(opened.findings());
  }
  if (errno != ENOENT) return RefuseErrno(code, what, path, errno);
  const std::string folder = std::filesystem::path(path).parent_path();
  if (access(folder.c_str(), W_OK | X_OK) != 0) return RefuseErrno(code, what, path, errno);
  if (IsReadOnly(folder)) return RefuseErrno(code, what, path, EROFS);
  return Ok();
}

Status MakeFolders(const std::string& path, mode_t mode, Code code, std::string_view what) {
  std::string part;
  for (const auto& name : std::filesystem::path(path)) {
    part = (std::filesystem::path(part) / name).string();
    if (mkdir(part.c_str(), mode) == 0 || errno == EEXIST) continue;
    // If a folder above is read-only or another user's, mkdir fails although the folder exists.
    const int error = errno;
    struct stat st {};
    if (stat(part.c_str(), &st) != 0) return RefuseErrno(code, what, path, error);
  }
  struct stat st {};
  if (stat(path.c_str(), &st) != 0) return RefuseErrno(code, what, path, errno);
  if (!S_ISDIR(st.st_mode)) return Refuse(code, what, path, "not a folder");
  return Ok();
}

}  // namespace jobwarden
