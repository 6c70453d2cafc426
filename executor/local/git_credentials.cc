#include "executor/local/git_credentials.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <utility>

#include "verifier/base/secret.h"
#include "verifier/base/text.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxConfigFileBytes = std::size_t{1024} * 1024;
constexpr int kMaxModuleEntries = 4'096;
constexpr int kMaxModuleDepth = 32;

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

// Rewrites the configurations of one checkout. Paths are for messages alone.
class Stripper {
 public:
  Stripper(std::string_view token, TokenElsewhere elsewhere)
      : token_(token), elsewhere_(elsewhere) {}

  Status StripCheckout(int builds, const std::string& below, const std::string& project) {
    Fd git;
    if (auto opened = OpenFolderIn(builds, below + "/.git", project + "/.git", git); !opened) {
      return opened;
    }
    if (git) {
      if (auto stripped = StripGitFolder(git.get(), project + "/.git", 0); !stripped) {
        return stripped;
      }
    }
    const std::string beside = project + ".tmp";
    Fd temporary;
    if (auto opened = OpenFolderIn(builds, below + ".tmp", beside, temporary); !opened) {
      return opened;
    }
    return temporary ? StripFile(temporary.get(), ".gitlab-runner.ext.conf", beside) : Ok();
  }

 private:
  static Finding Refuse(const std::string& path, std::string_view why) {
    return {Code::kStateUnwritable,
            fmt::format("the job token cannot be taken out of {}: {}", Quote(path), why),
            "GIT_STRATEGY: clone in the job makes a new checkout; [exposure] git_credentials = "
            "\"keep\" leaves the token where it is"};
  }
  static Finding RefuseErrno(const std::string& path, int error) {
    return Refuse(path, error == ELOOP   ? "it is reached through a link"
                        : error == EXDEV ? "it is a mount point"
                                         : ErrorText(error));
  }

  // Leaves `opened` empty where there is no such folder.
  static Status OpenFolderIn(int folder, const std::string& name, const std::string& path,
                             Fd& opened) {
    opened = OpenBelow(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened || errno == ENOENT) return Ok();
    return RefuseErrno(path, errno);
  }

  Status StripGitFolder(int folder, const std::string& path, int depth) {
    for (const char* name : {"config", "config.worktree"}) {
      if (auto stripped = StripFile(folder, name, path); !stripped) return stripped;
    }
    Fd modules;
    if (auto opened = OpenFolderIn(folder, "modules", path + "/modules", modules); !opened) {
      return opened;
    }
    return modules ? StripModules(std::move(modules), path + "/modules", depth + 1) : Ok();
  }

  // A folder that holds git folders of submodules; one whose name has slashes lies deeper.
  Status StripModules(Fd fd, const std::string& path, int depth) {
    if (depth > kMaxModuleDepth) return Refuse(path, "it lies too deep");
    const std::unique_ptr<DIR, CloseFolder> stream(fdopendir(fd.get()));
    if (!stream) return RefuseErrno(path, errno);
    const int folder = fd.Release();
    for (;;) {
      errno = 0;
      const dirent* entry = readdir(stream.get());  // NOLINT(concurrency-mt-unsafe)
      if (entry == nullptr) return errno == 0 ? Ok() : Status(RefuseErrno(path, errno));
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      const std::string whole = fmt::format("{}/{}", path, name);
      if (++entries_ > kMaxModuleEntries) return Refuse(path, "it holds too many files");
      struct stat st {};
      if (fstatat(folder, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return RefuseErrno(whole, errno);
      }
      if (S_ISREG(st.st_mode)) continue;
      Fd below;
      if (auto opened = OpenFolderIn(folder, name, whole, below); !opened) return opened;
      if (!below) continue;
      const bool is_git_folder = fstatat(below.get(), "HEAD", &st, AT_SYMLINK_NOFOLLOW) == 0 ||
                                 fstatat(below.get(), "config", &st, AT_SYMLINK_NOFOLLOW) == 0;
      auto stripped = is_git_folder ? StripGitFolder(below.get(), whole, depth)
                                    : StripModules(std::move(below), whole, depth + 1);
      if (!stripped) return stripped;
    }
  }

  Status StripFile(int folder, const std::string& name, const std::string& folder_path) {
    const std::string path = folder_path + "/" + name;
    const Fd file = OpenBelow(folder, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (!file) return errno == ENOENT ? Ok() : Status(RefuseErrno(path, errno));
    struct stat st {};
    if (fstat(file.get(), &st) != 0) return RefuseErrno(path, errno);
    if (!S_ISREG(st.st_mode)) return Refuse(path, "it is no regular file");
    auto bytes =
        ReadAll(file, path, kMaxConfigFileBytes, Code::kStateUnwritable, "git configuration");
    if (!bytes) return std::move(bytes).findings();
    const Secret config(*std::move(bytes));
    const auto rest = WithoutGitCredentials(config.view(), token_, elsewhere_);
    if (!rest) return Refuse(path, "it stands there elsewhere than in a URL");
    return *rest == config.view() ? Ok() : Replace(folder, name, path, st, *rest);
  }

  static Status Replace(int folder, const std::string& name, const std::string& path,
                        const struct stat& old, const std::string& bytes) {
    const std::string lock = name + ".lock";
    const Fd fd(openat(folder, lock.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd) {
      return errno == EEXIST ? Status(Refuse(path, "it is locked: " + lock + " is there"))
                             : Status(RefuseErrno(path, errno));
    }
    int error = WriteAll(fd.get(), bytes);
    struct stat st {};
    if (error == 0 && fstat(fd.get(), &st) != 0) error = errno;
    if (error == 0 && (st.st_uid != old.st_uid || st.st_gid != old.st_gid) &&
        fchown(fd.get(), old.st_uid, old.st_gid) != 0) {
      error = errno;
    }
    if (error == 0 && fchmod(fd.get(), old.st_mode & 07777) != 0) error = errno;
    if (error == 0 && renameat(folder, lock.c_str(), folder, name.c_str()) != 0) error = errno;
    if (error == 0) return Ok();
    unlinkat(folder, lock.c_str(), 0);
    return RefuseErrno(path, error);
  }

  std::string_view token_;
  TokenElsewhere elsewhere_;
  int entries_ = 0;
};

}  // namespace

Status StripGitCredentials(const std::string& builds_folder, const std::string& project_folder,
                           std::string_view token, TokenElsewhere elsewhere) {
  const auto below = PathBelow(builds_folder, project_folder);
  const auto refuse = [&](std::string_view why) {
    return Finding{Code::kStateUnwritable,
                   fmt::format("git credentials: {} {}", Quote(project_folder), why)};
  };
  if (!below) return refuse("is not below executor.builds_dir");
  const Fd builds(open(builds_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!builds) return refuse(fmt::format("cannot be opened: {}", ErrorText(errno)));
  return Stripper(token, elsewhere).StripCheckout(builds.get(), *below, project_folder);
}

}  // namespace jobwarden
