#include "verifier/bundle/policy_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "verifier/base/text.h"
#include "verifier/bundle/bundle.h"
#include "verifier/config/stored_policy.h"
#include "verifier/os/file.h"
#include "verifier/os/remove_tree.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kStateUnwritable;
constexpr std::string_view kWhat = "pulled policy";
constexpr std::string_view kLink = "current";
constexpr std::string_view kLock = "lock";

Finding Failed(const std::string& path, int error) {
  std::string hint = fmt::format("user {} needs to write there: run it as the owner", geteuid());
  if (error == ENOSPC || error == EDQUOT) hint = "free space on that file system";
  return {kCode, fmt::format("{} {}: {}", kWhat, Quote(path), ErrorText(error)), std::move(hint)};
}

// Makes sure that the names in a folder survive a power cut.
Status SyncFolder(const std::string& path) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && fsync(fd.get()) == 0 ? Ok() : Status(Failed(path, errno));
}

Status WriteNewFile(const std::string& path, std::string_view bytes) {
  Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd) return Failed(path, errno);
  if (const int error = WriteAll(fd.get(), bytes); error != 0) return Failed(path, error);
  // Not what the caller's umask made of it: a driver of another user reads the rules.
  if (fchmod(fd.get(), 0644) != 0 || fsync(fd.get()) != 0) return Failed(path, errno);
  return close(fd.Release()) == 0 ? Ok() : Status(Failed(path, errno));
}

Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return Failed(path, errno);
  return chmod(path.c_str(), 0755) == 0 ? Ok() : Status(Failed(path, errno));
}

// Writes the files below a new folder. All of it is on disk when this returns.
Status WriteFiles(const std::string& folder, const std::vector<BundleFile>& files) {
  std::set<std::string> folders{folder};
  for (const BundleFile& file : files) {
    for (auto slash = file.path.find('/'); slash != file.path.npos;
         slash = file.path.find('/', slash + 1)) {
      const std::string path = folder + "/" + file.path.substr(0, slash);
      if (!folders.insert(path).second) continue;
      if (auto made = MakeFolder(path); !made) return made;
    }
    if (auto written = WriteNewFile(folder + "/" + file.path, file.bytes); !written) return written;
  }
  for (const std::string& each : folders) {
    if (auto synced = SyncFolder(each); !synced) return synced;
  }
  return Ok();
}

std::string SumsOf(const std::vector<BundleFile>& files) {
  std::vector<ConfigFile> rules;
  for (const BundleFile& file : files) {
    if (IsRules(file)) rules.push_back({file.path, file.bytes});
  }
  return RuleSums(std::move(rules));
}

}  // namespace

Result<PolicyStore> PolicyStore::Open(const std::string& state_dir, std::chrono::seconds patience) {
  const std::string folder = PolicyFolder(state_dir);
  if (auto made = MakeFolders(folder, 0755, kCode, kWhat); !made) return made.findings();
  const std::string path = fmt::format("{}/{}", folder, kLock);
  Fd fd(
      open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600));
  if (!fd) return Failed(path, errno);
  if (auto checked = CheckWriters(fd, path, std::nullopt, kCode, kWhat); !checked) {
    return checked.findings();
  }
  // Whoever can read a file can lock it. It may be there already, with another mode.
  if (fchmod(fd.get(), 0600) != 0) return Failed(path, errno);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return Failed(path, errno);
    if (std::chrono::steady_clock::now() >= deadline) {
      return Finding{Code::kPolicyUnavailable,
                     fmt::format("another process has been pulling the policy for {} seconds",
                                 patience.count()),
                     "wait for it to end"};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return PolicyStore(state_dir, std::move(fd));
}

Result<PolicyStore::Current> PolicyStore::Read() const {
  const auto folder = CurrentVersion(state_dir_);
  if (!folder) return folder.findings();
  if (folder->empty()) return Current{};
  Current current{SerialOf(*folder), std::nullopt};
  const auto text =
      ReadFile(*folder + "/pulled.json", kMaxPulledBytes, Code::kPolicyUnavailable, kWhat);
  auto policy = text ? ParsePulled(*text, *folder) : Result<PulledPolicy>(text.findings());
  // The note of another version says nothing.
  if (policy && policy->serial == current.serial) current.policy = *std::move(policy);
  return current;
}

Status PolicyStore::Install(const std::vector<BundleFile>& files, const PulledPolicy& policy) {
  const std::string top = PolicyFolder(state_dir_);
  const auto old = CurrentVersion(state_dir_);
  if (!old) return old.findings();
  // The predecessor may have been killed after it moved the link: a power cut must not find the
  // link where it was before, and that version removed.
  if (auto synced = SyncFolder(top); !synced) return synced;
  const std::string kept = std::filesystem::path(*old).filename().string();
  if (auto removed = RemoveAllBut(kept); !removed) return removed;

  std::string folder = fmt::format("{}/{}-XXXXXX", top, policy.serial);
  if (mkdtemp(folder.data()) == nullptr) return Failed(top, errno);
  std::vector<BundleFile> all = files;
  all.push_back({"pulled.json", WritePulled(policy)});
  all.push_back({kRuleSums, SumsOf(files)});
  const std::string name = std::filesystem::path(folder).filename().string();
  const std::string beside = fmt::format("{}/new-{}", top, name);
  const auto switch_over = [&]() -> Status {
    if (auto made = MakeFolder(folder); !made) return made;
    if (auto written = WriteFiles(folder, all); !written) return written;
    if (auto synced = SyncFolder(top); !synced) return synced;
    if (symlink(name.c_str(), beside.c_str()) != 0) return Failed(beside, errno);
    const std::string link = fmt::format("{}/{}", top, kLink);
    if (rename(beside.c_str(), link.c_str()) != 0) return Failed(link, errno);
    return Ok();
  };
  if (auto switched = switch_over(); !switched) {
    unlink(beside.c_str());
    // What cannot be removed now, the next policy removes.
    static_cast<void>(RemoveTree(folder));
    return switched;
  }
  if (auto synced = SyncFolder(top); !synced) return synced;
  // The first policy of all made the store too.
  return SyncFolder(state_dir_);
}

Status PolicyStore::Note(const PulledPolicy& policy) {
  return WriteFileAtomically(policy.folder + "/pulled.json", WritePulled(policy), 0644, kCode,
                             kWhat);
}

Status PolicyStore::RemoveAllBut(const std::string& name) const {
  const std::string top = PolicyFolder(state_dir_);
  const auto fd = OpenFolder(top, kCode, kWhat);
  if (!fd) return fd.findings();
  const auto names = ListFolder(*fd, top, kCode, kWhat);
  if (!names) return names.findings();
  for (const std::string& each : *names) {
    if (each == name || each == kLink || each == kLock) continue;
    if (auto removed = RemoveTree(fmt::format("{}/{}", top, each)); !removed) return removed;
  }
  return Ok();
}

}  // namespace jobwarden
