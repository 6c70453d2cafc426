#include "executor/git_credentials.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <set>
#include <utility>

#include "verifier/base/secret.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"
#include "verifier/os/tree_walk.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxConfigFileBytes = std::size_t{1024} * 1024;
constexpr int kMaxModuleEntries = 4'096;
constexpr int kMaxModuleDepth = 32;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Secret PercentDecoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = at + 2 < text.size() ? HexDigit(text[at + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[at + 2]) : -1;
    const bool encoded = text[at] == '%' && low >= 0;
    decoded += encoded ? static_cast<char>(high * 16 + low) : text[at];
    if (encoded) at += 2;
  }
  return Secret(std::move(decoded));
}

bool Holds(std::string_view text, std::string_view token) {
  return Contains(text, token) || Contains(PercentDecoded(text).view(), token);
}

bool IsSchemeCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

// The user, password, host and port that `text` begins with: up to what ends them in a URL, or the
// URL in a configuration.
std::string_view Authority(std::string_view text) {
  const auto ends = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' ||
           c == '\\';
  };
  const auto end = std::find_if(text.begin(), text.end(), ends);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

// What makes the remotes of a server work where the environment has the token. The empty helper
// first: no other one may get the token to store it.
std::string HelperSection(std::string_view server) {
  return fmt::format(
      "[credential \"{}\"]\n"
      "\thelper =\n"
      "\thelper = \"!f() {{ test \\\"$1\\\" = get || return 0; test -z \\\"$CI_JOB_TOKEN\\\" && "
      "echo "
      "'jobwarden: no line of the job names CI_JOB_TOKEN, so git has no password' >&2 || echo "
      "\\\"password=$CI_JOB_TOKEN\\\"; }}; f\"\n"
      "\tusername = gitlab-ci-token\n",
      server);
}

}  // namespace

std::optional<std::string> WithoutGitCredentials(std::string_view config, std::string_view token) {
  if (!Holds(config, token)) return std::string(config);
  std::string rest;
  std::set<std::string> servers;
  std::size_t copied = 0;
  for (std::size_t colon = config.find("://"); colon != std::string_view::npos;
       colon = config.find("://", colon + 1)) {
    const std::size_t begin = colon + 3;
    const std::string_view authority = Authority(config.substr(begin));
    const std::size_t at_sign = authority.rfind('@');
    if (at_sign == std::string_view::npos || !Holds(authority.substr(0, at_sign), token)) continue;
    rest += config.substr(copied, begin - copied);
    copied = begin + at_sign + 1;
    std::size_t scheme = colon;
    while (scheme > 0 && IsSchemeCharacter(config[scheme - 1])) --scheme;
    const std::string url(config.substr(scheme, begin - scheme));
    if (url == "http://" || url == "https://") {
      servers.insert(url + std::string(authority.substr(at_sign + 1)));
    }
  }
  rest += config.substr(copied);
  if (Holds(rest, token)) {
    Wipe(rest);
    return std::nullopt;
  }
  for (const std::string& server : servers) {
    const std::string section = HelperSection(server);
    if (Contains(rest, section)) continue;
    if (!rest.empty() && rest.back() != '\n') rest += '\n';
    rest += section;
  }
  return rest;
}

namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

// Rewrites the configurations of one checkout. Paths are for messages alone.
class Stripper {
 public:
  explicit Stripper(std::string_view token) : token_(token) {}

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
            "\"keep\" leaves the token where it is",
            {},
            false};
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
    const auto rest = WithoutGitCredentials(config.view(), token_);
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

  static int WriteAll(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(fd, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return errno;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return 0;
  }

  std::string_view token_;
  int entries_ = 0;
};

}  // namespace

Status StripGitCredentials(const std::string& builds_folder, const std::string& project_folder,
                           std::string_view token) {
  const auto below = PathBelow(builds_folder, project_folder);
  const auto refuse = [&](std::string_view why) {
    return Finding{Code::kStateUnwritable,
                   fmt::format("git credentials: {} {}", Quote(project_folder), why),
                   "",
                   {},
                   false};
  };
  if (!below) return refuse("is not below executor.builds_dir");
  const Fd builds(open(builds_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!builds) return refuse(fmt::format("cannot be opened: {}", ErrorText(errno)));
  return Stripper(token).StripCheckout(builds.get(), *below, project_folder);
}

}  // namespace jobwarden
