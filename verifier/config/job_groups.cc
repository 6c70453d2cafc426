#include "verifier/config/job_groups.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <algorithm>
#include <array>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/user.h"

namespace jobwarden {
namespace {

// Members of these start containers that have all files of the machine, write its disks or its
// memory, read the password hashes, or may use sudo.
constexpr std::array kByName{
    "root", "admin",   "disk", "docker",   "dockerroot", "google-sudoers", "incus", "incus-admin",
    "kmem", "libvirt", "lxd",  "microk8s", "shadow",     "snap_microk8s",  "sudo",  "wheel"};

// Whoever writes one of these has a root process do what it wants.
constexpr std::array kByPath{"/run/docker.sock",
                             "/run/podman/podman.sock",
                             "/run/containerd/containerd.sock",
                             "/run/crio/crio.sock",
                             "/run/incus/unix.socket",
                             "/run/libvirt/libvirt-sock",
                             "/var/lib/incus/unix.socket",
                             "/var/lib/lxd/unix.socket",
                             "/var/snap/lxd/common/lxd/unix.socket",
                             "/usr/local/bin",
                             "/usr/local/sbin"};

struct RootsGroup {
  gid_t id;
  std::string why;  // `is in group "docker", whose members can become root`
};

std::vector<RootsGroup> RootsGroups() {
  std::vector<RootsGroup> groups;
  for (const char* name : kByName) {
    if (const auto id = FindGroup(name)) {
      groups.push_back(
          {*id, fmt::format("is in group {}, whose members can become root", Quote(name))});
    }
  }
  for (const char* path : kByPath) {
    struct stat st {};
    if (stat(path, &st) != 0 || (st.st_mode & S_IWGRP) == 0) continue;
    groups.push_back({st.st_gid, fmt::format("is in group {}, whose members can become root by {}",
                                             st.st_gid, Quote(path))});
  }
  return groups;
}

}  // namespace

Status CheckJobGroups(const std::vector<std::string>& run_as) {
  constexpr std::string_view kWhat = "executor.run_as";
  const std::vector<RootsGroup> roots = RootsGroups();
  Findings problems;
  for (const std::string& name : run_as) {
    const auto user = FindUser(name, Code::kConfigInvalid, kWhat);
    if (!user) return user.findings();
    const auto identity = IdentityOf(*user, Code::kDriverFailed, kWhat);
    if (!identity) return identity.findings();
    const auto& groups = identity->groups;
    const auto found = std::find_if(roots.begin(), roots.end(), [&](const RootsGroup& each) {
      return std::find(groups.begin(), groups.end(), each.id) != groups.end();
    });
    if (found == roots.end()) continue;
    problems.push_back({Code::kConfigInvalid, fmt::format("user {} {}", Quote(name), found->why),
                        "take the user out of that group (gpasswd -d USER GROUP), or name another "
                        "user in executor.run_as"});
  }
  return problems.empty() ? Ok() : Status(std::move(problems));
}

}  // namespace jobwarden
