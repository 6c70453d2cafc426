#include "verifier/metrics/metrics_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string_view>
#include <thread>
#include <utility>

#include "verifier/base/result.h"
#include "verifier/base/text.h"
#include "verifier/base/version.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr Code kCode = Code::kMetricsFailed;
constexpr std::string_view kWhat = "metrics file";

Finding Fail(const std::string& path, std::string_view why, std::string hint = "") {
  return {kCode, fmt::format("{} {}: {}", kWhat, Quote(path), why), std::move(hint)};
}

std::string FolderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path();
}

// The user's way to a folder that can be written.
Finding FailErrno(const std::string& path, int error) {
  std::string hint;
  const std::string folder = FolderOf(path);
  if (error == ENOENT) {
    hint = fmt::format("install -d -m 0755 -o {} {}",
                       geteuid() == 0 ? "root" : std::to_string(geteuid()), Quote(folder));
  } else if (error == ENOSPC || error == EDQUOT) {
    hint = "free space on that file system";
  } else if (error == EACCES || error == EPERM || error == EROFS) {
    hint = fmt::format("user {} needs to write its folder {}", geteuid(), Quote(folder));
  }
  return Fail(path, ErrorText(error), std::move(hint));
}

// Opens the lock file. Those who may write the folder may lock, and nobody else: whoever holds the
// lock makes jobs wait.
Fd OpenLock(const std::string& path) {
  const std::string lock = path + ".lock";
  constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  Fd fd(open(lock.c_str(), kFlags));
  if (fd || errno != ENOENT) return fd;
  fd = Fd(open(lock.c_str(), kFlags | O_CREAT | O_EXCL, 0600));
  if (!fd) return errno == EEXIST ? Fd(open(lock.c_str(), kFlags)) : Fd();
  struct stat folder {};
  if (stat(FolderOf(path).c_str(), &folder) == 0 && (folder.st_mode & S_IWGRP) != 0) {
    // Without its group's right only this user counts, and the others are told.
    (void)fchmod(fd.get(), 0660);
  }
  return fd;
}

Status WaitForTurn(const Fd& lock, const std::string& path, milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  for (milliseconds pause{1}; flock(lock.get(), LOCK_EX | LOCK_NB) != 0;
       pause = std::min(pause * 2, milliseconds(16))) {
    if (errno != EWOULDBLOCK && errno != EINTR) return FailErrno(path, errno);
    if (steady_clock::now() >= deadline) {
      return Fail(path,
                  fmt::format("other processes have held its lock for {} ms", patience.count()));
    }
    std::this_thread::sleep_for(pause);
  }
  return Ok();
}

// The values in the file. None, and why, if the file cannot be read.
MetricSet ReadValues(const std::string& path, Findings& findings) {
  struct stat st {};
  if (lstat(path.c_str(), &st) != 0 && errno == ENOENT) return {};
  auto bytes = ReadFile(path, MetricSet::kMaxBytes, kCode, kWhat);
  if (bytes) {
    if (auto values = MetricSet::Read(*bytes)) return *std::move(values);
    findings.push_back(Fail(path, "torn, or written by another program or version"));
  } else {
    Append(findings, std::move(bytes).findings());
  }
  findings.back().message += "; the metrics begin at zero again";
  return {};
}

// Only the holder of the lock writes, so the name is always the same, and what a killed process
// left there is in nobody's way.
Status Replace(const std::string& path, std::string_view text) {
  const std::string beside = path + ".new";
  unlink(beside.c_str());
  Fd fd(open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  int error = fd ? WriteAll(fd.get(), text) : errno;
  // Node exporter is another user, and a umask must not keep it out.
  if (error == 0 && fchmod(fd.get(), 0644) != 0) error = errno;
  if (fd && close(fd.Release()) != 0 && error == 0) error = errno;
  if (error == 0 && rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return Ok();
  unlink(beside.c_str());
  return FailErrno(path, error);
}

}  // namespace

Findings UpdateMetrics(const std::string& path, const std::function<void(MetricSet&)>& change,
                       milliseconds patience) {
  if (path.empty()) return {};
  const Fd lock = OpenLock(path);
  if (!lock) return {FailErrno(path, errno)};
  if (auto turn = WaitForTurn(lock, path, patience); !turn) return std::move(turn).findings();
  Findings findings;
  MetricSet values = ReadValues(path, findings);
  change(values);
  values.Clear(Metric::kBuildInfo);
  values.Set(Metric::kBuildInfo, {std::string(Version())}, 1);
  if (auto written = Replace(path, values.Text()); !written) return std::move(written).findings();
  return findings;
}

Findings CheckMetricsFile(const std::string& path) {
  if (path.empty()) return {};
  Findings findings;
  if (access(FolderOf(path).c_str(), W_OK | X_OK) != 0) return {FailErrno(path, errno)};
  for (const std::string& each : {path + ".lock", path}) {
    struct stat st {};
    if (lstat(each.c_str(), &st) != 0) continue;
    if (!S_ISREG(st.st_mode)) findings.push_back(Fail(each, "not a regular file"));
  }
  if (access((path + ".lock").c_str(), R_OK | W_OK) != 0 && errno != ENOENT) {
    findings.push_back(FailErrno(path + ".lock", errno));
  }
  if (findings.empty()) (void)ReadValues(path, findings);
  return findings;
}

}  // namespace jobwarden
