#include "hooks/guard/held_credentials.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/guard/checkout_credentials.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;
constexpr int kMaxDepth = 2;        // of checkouts below the workspace: `path: src/app`
constexpr int kMaxModuleDepth = 6;  // of submodules
constexpr std::size_t kMaxFolders = 4096;
constexpr std::string_view kBeside = ".jobwarden";
constexpr int kLockTries = 40;
constexpr long kLockPause = 25'000'000;  // ns

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::optional<std::string> ReadFile(const std::string& path, mode_t& mode) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat st = {};
  if (!fd || fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode) ||
      static_cast<std::size_t>(st.st_size) > kMaxBytes) {
    return std::nullopt;
  }
  mode = st.st_mode & 07777U;
  std::string text(static_cast<std::size_t>(st.st_size), '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  text.resize(size);
  return text;
}

bool WriteNew(const std::string& path, std::string_view text, mode_t mode) {
  const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return false;
  bool good = fchmod(fd.get(), mode) == 0;
  while (good && !text.empty()) {
    const ssize_t written = write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    good = written > 0;
    if (good) text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!good) unlink(path.c_str());
  return good;
}

// Writes the file by way of another, which only a process that was killed can have left.
bool Replace(const std::string& path, std::string_view text, mode_t mode) {
  const std::string beside = path + std::string(kBeside);
  unlink(beside.c_str());
  if (!WriteNew(beside, text, mode)) return false;
  if (rename(beside.c_str(), path.c_str()) == 0) return true;
  unlink(beside.c_str());
  return false;
}

// The same for a file of git's configuration, under git's own lock. Returns false if it is locked.
// The lock is a second name of the file beside it, so a lock that a killed process left is known.
bool ReplaceConfig(const std::string& path, std::string_view text, mode_t mode) {
  const std::string beside = path + std::string(kBeside);
  const std::string lock = path + ".lock";
  unlink(beside.c_str());
  if (!WriteNew(beside, text, mode)) return false;
  const bool locked = link(beside.c_str(), lock.c_str()) == 0;
  const bool done = locked && rename(lock.c_str(), path.c_str()) == 0;
  if (locked && !done) unlink(lock.c_str());
  unlink(beside.c_str());
  return done;
}

// Removes a lock that ReplaceConfig left.
void RemoveOwnLock(const std::string& path) {
  const std::string beside = path + std::string(kBeside);
  const std::string lock = path + ".lock";
  struct stat ours = {};
  struct stat there = {};
  if (lstat(beside.c_str(), &ours) != 0) return;
  if (lstat(lock.c_str(), &there) == 0 && ours.st_ino == there.st_ino &&
      ours.st_dev == there.st_dev) {
    unlink(lock.c_str());
  }
  unlink(beside.c_str());
}

std::vector<std::string> NamesIn(const std::string& folder, bool folders_only) {
  std::vector<std::string> names;
  DIR* const stream = opendir(folder.c_str());
  if (stream == nullptr) return names;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this stream
  while (const dirent* entry = readdir(stream)) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name == "." || name == ".." || names.size() == kMaxFolders) continue;
    if (!folders_only || entry->d_type == DT_DIR) names.emplace_back(name);
  }
  closedir(stream);
  return names;
}

void AddConfigs(const std::string& git, int depth, std::vector<std::string>& configs) {
  if (configs.size() > kMaxFolders) return;
  if (access((git + "/config").c_str(), F_OK) == 0) configs.push_back(git + "/config");
  if (depth == kMaxModuleDepth) return;
  const std::string modules = depth == 0 ? git + "/modules" : git;
  for (const std::string& name : NamesIn(modules, true)) {
    if (name == "objects" || name == "refs" || name == "hooks" || name == "logs") continue;
    AddConfigs(std::string(modules).append("/").append(name), depth + 1, configs);
  }
}

// The configurations of the checkouts in the workspace, and of their submodules.
std::vector<std::string> Configs(const std::string& workspace) {
  std::vector<std::string> configs;
  std::vector<std::string> level = {workspace};
  std::size_t seen = 0;
  for (int depth = 0; depth <= kMaxDepth; ++depth) {
    std::vector<std::string> next;
    for (const std::string& folder : level) {
      if (++seen > kMaxFolders) return configs;
      struct stat st = {};
      const std::string git = folder + "/.git";
      if (lstat(git.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) AddConfigs(git, 0, configs);
      if (depth == kMaxDepth) continue;
      for (const std::string& name : NamesIn(folder, true)) {
        if (!name.starts_with('.') && name != "node_modules") {
          next.push_back(std::string(folder).append("/").append(name));
        }
      }
    }
    level = std::move(next);
  }
  return configs;
}

// What a held file says: its kind, the mode and path of the file that it was taken from, the text.
struct Held {
  bool is_config = false;
  mode_t mode = 0600;
  std::string path;
  std::string text;
};

std::string Format(const Held& held) {
  return std::string(held.is_config ? "config " : "file ")
      .append(std::to_string(held.mode))
      .append(" ")
      .append(held.path)
      .append("\n")
      .append(held.text);
}

std::optional<Held> Parse(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  const std::size_t first = bytes.find(' ');
  const std::size_t second = bytes.find(' ', first + 1);
  if (end == bytes.npos || second > end) return std::nullopt;
  Held held;
  held.is_config = bytes.starts_with("config ");
  held.mode = static_cast<mode_t>(
      strtoul(std::string(bytes.substr(first + 1, second - first - 1)).c_str(), nullptr, 10));
  held.path = bytes.substr(second + 1, end - second - 1);
  held.text = bytes.substr(end + 1);
  return held;
}

bool Exists(const std::string& path) {
  struct stat st = {};
  return lstat(path.c_str(), &st) == 0;
}

bool PutBack(const Held& held) {
  // A checkout that is gone needs no credentials.
  const std::string parent = held.path.substr(0, held.path.rfind('/'));
  if (!Exists(parent)) return true;
  if (!held.is_config) {
    return Exists(held.path) || Replace(held.path, held.text, held.mode);
  }
  RemoveOwnLock(held.path);
  for (int tries = 0; tries < kLockTries; ++tries) {
    mode_t mode = held.mode;
    const auto now = ReadFile(held.path, mode);
    if (!now && errno == ENOENT) return true;
    const std::string whole = WithSections(now.value_or(""), held.text);
    if (now && whole == *now) return true;
    if (now && ReplaceConfig(held.path, whole, mode)) return true;
    const timespec pause = {0, kLockPause};
    nanosleep(&pause, nullptr);
  }
  return false;
}

// One process at a time. The lock ends with the descriptor.
Fd Lock(const std::string& folder) {
  Fd lock(open((folder + "/lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (lock) {
    while (flock(lock.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  return Fd(lock ? dup(lock.get()) : -1);
}

}  // namespace

HeldCredentials::HeldCredentials(std::string folder, std::string workspace, std::string temporary)
    : folder_(std::move(folder)),
      workspace_(std::move(workspace)),
      temporary_(std::move(temporary)) {}

void HeldCredentials::Take() const {
  if (mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return;
  const Fd lock = Lock(folder_);
  if (!lock) return;
  std::size_t number = 0;
  // Writes what is taken before it is taken.
  const auto hold = [&](const Held& held) {
    std::string path;
    do {
      path = folder_ + "/held-" + std::to_string(++number);
    } while (Exists(path));
    return Replace(path, Format(held), 0600) ? path : std::string();
  };
  if (!workspace_.empty()) {
    for (const std::string& config : Configs(workspace_)) {
      RemoveOwnLock(config);
      mode_t mode = 0;
      const auto text = ReadFile(config, mode);
      if (!text || Exists(config + ".lock")) continue;
      const DividedConfig divided = DivideConfig(*text);
      if (divided.taken.empty()) continue;
      const std::string held = hold({true, mode, config, divided.taken});
      if (held.empty()) continue;
      if (!ReplaceConfig(config, divided.rest, mode)) unlink(held.c_str());
    }
  }
  if (temporary_.empty()) return;
  for (const std::string& name : NamesIn(temporary_, false)) {
    if (!name.starts_with("git-credentials-") || !name.ends_with(".config")) continue;
    const std::string path = temporary_ + "/" + name;
    mode_t mode = 0;
    const auto text = ReadFile(path, mode);
    if (text && !hold({false, mode, path, *text}).empty()) unlink(path.c_str());
  }
}

bool HeldCredentials::GiveBack() const {
  if (!Exists(folder_)) return true;
  const Fd lock = Lock(folder_);
  if (!lock) return !Exists(folder_);
  bool all = true;
  for (const std::string& name : NamesIn(folder_, false)) {
    if (!name.starts_with("held-") || name.ends_with(kBeside)) continue;
    const std::string path = folder_ + "/" + name;
    mode_t mode = 0;
    const auto bytes = ReadFile(path, mode);
    const auto held = bytes ? Parse(*bytes) : std::nullopt;
    if (held && PutBack(*held)) {
      unlink(path.c_str());
    } else {
      all = false;
    }
  }
  return all;
}

}  // namespace jobwarden
