#include "executor/local/kernel_objects.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/keyctl.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "executor/process/own_process.h"
#include "verifier/base/text.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kStateUnwritable;

// The words of each line of a file of /proc; none where this kernel does not have the file.
std::vector<std::vector<std::string>> Table(const char* path) {
  std::vector<std::vector<std::string>> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    lines.emplace_back();
    for (std::string word; words >> word;) lines.back().push_back(std::move(word));
  }
  return lines;
}

// The numbers of the objects in /proc/sysvipc/KIND that the user owns or made: it may have given
// them away. The first line names the columns.
std::vector<int> SystemVObjects(const char* kind, const char* id_column, const UserIds& ids) {
  std::vector<int> found;
  const auto lines = Table(fmt::format("/proc/sysvipc/{}", kind).c_str());
  if (lines.empty()) return found;
  const auto column = [&](const char* name) {
    const auto& names = lines[0];
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto at = [&](const char* name) {
      const std::size_t index = column(name);
      return index < lines[i].size() ? std::strtoll(lines[i][index].c_str(), nullptr, 10) : -1;
    };
    const bool its =
        ids.Has(static_cast<uid_t>(at("uid"))) || ids.Has(static_cast<uid_t>(at("cuid")));
    if (its) found.push_back(static_cast<int>(at(id_column)));
  }
  return found;
}

void RemoveSystemVObjects(const UserIds& ids) {
  for (const int id : SystemVObjects("shm", "shmid", ids)) shmctl(id, IPC_RMID, nullptr);
  for (const int id : SystemVObjects("sem", "semid", ids)) semctl(id, 0, IPC_RMID);
  for (const int id : SystemVObjects("msg", "msqid", ids)) msgctl(id, IPC_RMID, nullptr);
}

// The folder of all POSIX message queues. A new mount finds it also where the machine has none.
Fd OpenMessageQueues() {
  const Fd context(fsopen("mqueue", FSOPEN_CLOEXEC));
  if (context && fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0) {
    const Fd mounted(fsmount(context.get(), FSMOUNT_CLOEXEC, 0));
    if (mounted) return Fd(openat(mounted.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  return Fd(open("/dev/mqueue", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

Status RemoveMessageQueues(const UserIds& ids) {
  const Fd folder = OpenMessageQueues();
  if (!folder) return Ok();
  constexpr std::string_view kWhat = "message queues";
  const auto names = ListFolder(folder, "/dev/mqueue", kCode, kWhat);
  if (!names) return names.findings();
  for (const std::string& name : *names) {
    struct stat st {};
    if (fstatat(folder.get(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!ids.Has(st.st_uid) || unlinkat(folder.get(), name.c_str(), 0) == 0) continue;
    return Finding{kCode, fmt::format("{} {}: {}", kWhat, Quote(name), ErrorText(errno))};
  }
  return Ok();
}

long Keyctl(int operation, long key, long more = 0) {
  return syscall(SYS_keyctl, operation, key, more, 0, 0);
}

// An owner without the right to change a keyring can still invalidate it while it can be searched.
void ClearKeyring(long keyring) {
  if (Keyctl(KEYCTL_CLEAR, keyring) != 0) Keyctl(KEYCTL_INVALIDATE, keyring);
}

// The kernel takes a moment to forget an invalidated keyring, and gives the user no other before.
void AwaitUserKeyring() {
  constexpr int kTries = 100;
  constexpr useconds_t kStep = 10'000;
  for (int i = 0; i < kTries; ++i) {
    constexpr long kCreate = 1;
    const long keyring = Keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, kCreate);
    if (keyring > 0 || (errno != EKEYREVOKED && errno != ENOKEY)) return;
    usleep(kStep);
  }
}

// Runs as the user: root has no rights over another user's keys.
void RemoveOwnKeys() {
  for (const long keyring : {KEY_SPEC_USER_KEYRING, KEY_SPEC_USER_SESSION_KEYRING}) {
    ClearKeyring(keyring);
  }
  const long persistent = Keyctl(KEYCTL_GET_PERSISTENT, -1, KEY_SPEC_PROCESS_KEYRING);
  if (persistent > 0) ClearKeyring(persistent);
  // ID FLAGS USAGE TIMEOUT PERMISSIONS UID GID TYPE DESCRIPTION, of the keys that this process may
  // see.
  constexpr std::size_t kUid = 5;
  constexpr std::size_t kType = 7;
  for (const auto& words : Table("/proc/keys")) {
    if (words.size() <= kType || words[kUid] != std::to_string(getuid())) continue;
    const long key = std::strtol(words[0].c_str(), nullptr, 16);
    if (words[kType].starts_with("keyring")) {
      ClearKeyring(key);
    } else {
      Keyctl(KEYCTL_INVALIDATE, key);
    }
  }
  AwaitUserKeyring();
}

}  // namespace

Status RemoveKernelObjects(const User& user) {
  const UserIds ids = IdsOf(user);
  Findings problems;
  const auto note = [&](Status status) {
    if (!status) Append(problems, std::move(status).findings());
  };
  RemoveSystemVObjects(ids);
  note(RemoveMessageQueues(ids));
  const Identity bare{user.uid, user.gid, {}, {}};
  note(InOwnProcess([&] { return AssumeIdentity(bare); },
                    [] {
                      RemoveOwnKeys();
                      return Ok();
                    }));
  return problems.empty() ? Ok() : Status(std::move(problems));
}

void JoinNewSessionKeyring() {
  // A kernel without keyrings fails here, and has none to share.
  (void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
}

}  // namespace jobwarden
