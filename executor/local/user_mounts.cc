#include "executor/local/user_mounts.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "executor/local/mount_aliases.h"
#include "executor/process/leftovers.h"
#include "verifier/os/fd.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {
namespace {

bool IsFuse(const Mount& mount) {
  return mount.type == "fuse" || mount.type == "fuseblk" || mount.type.starts_with("fuse.");
}

// The kernel writes there who may use the file system: who mounted it.
bool IsMountOf(const Mount& mount, const UserIds& ids) {
  constexpr std::string_view kName = ",user_id=";
  const std::string options = ',' + mount.options;
  const auto at = options.find(kName);
  if (at == std::string::npos) return false;
  return ids.Has(
      static_cast<uid_t>(std::strtoul(options.c_str() + at + kName.size(), nullptr, 10)));
}

// The kernel's list of FUSE connections; a new mount finds it also where the machine has none.
Fd OpenConnections() {
  const Fd context(fsopen("fusectl", FSOPEN_CLOEXEC));
  if (!context || fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return Fd(open("/sys/fs/fuse/connections", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  return Fd(fsmount(context.get(), FSMOUNT_CLOEXEC, 0));
}

// `device` is `0:45`; the second number names the connection.
void Abort(const Fd& connections, const std::string& device) {
  const std::string path = device.substr(device.find(':') + 1) + "/abort";
  const Fd file(openat(connections.get(), path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file) (void)!write(file.get(), "1", 1);
}

}  // namespace

void EndFileSystemsOf(const User& user) {
  const UserIds ids = IdsOf(user);
  const std::vector<Mount> ours = ParseMounts(ReadOfProcess(getpid(), "mountinfo"));
  std::set<std::string> its;  // devices
  for (const LeftProcess& process : ProcessesOf(user.uid)) {
    for (const Mount& each : ParseMounts(ReadOfProcess(process.pid, "mountinfo"))) {
      // What we do not see was mounted in a namespace of the job's.
      const bool shared = std::any_of(ours.begin(), ours.end(), [&](const Mount& mount) {
        return mount.device == each.device;
      });
      if (IsFuse(each) && (!shared || IsMountOf(each, ids))) its.insert(each.device);
    }
  }
  for (const Mount& each : ours) {
    if (IsFuse(each) && IsMountOf(each, ids)) its.insert(each.device);
  }
  if (its.empty()) return;
  const Fd connections = OpenConnections();
  for (const std::string& device : its) Abort(connections, device);
  for (const Mount& each : ours) {
    if (its.contains(each.device)) {
      umount2(each.point.c_str(), MNT_FORCE | MNT_DETACH | UMOUNT_NOFOLLOW);
    }
  }
}

}  // namespace jobwarden
