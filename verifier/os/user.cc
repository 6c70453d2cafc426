#include "verifier/os/user.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <pwd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <memory>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// Gives 0 or an errno; `found` is null when there is no such user.
int Find(const std::string& name, passwd& entry, std::vector<char>& buffer, passwd*& found) {
#ifdef JOBWARDEN_STATIC
  // A static program cannot load what /etc/nsswitch.conf names.
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/etc/passwd", "re"), fclose);
  if (file == nullptr) return errno;
  int error = 0;
  do {
    error = fgetpwent_r(file.get(), &entry, buffer.data(), buffer.size(), &found);
  } while (error == 0 && name != entry.pw_name);
  return error == ENOENT ? 0 : error;
#else
  return getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
#endif
}

// Gives 0 or an errno.
int FindGroups(const User& user, std::vector<gid_t>& groups) {
#ifdef JOBWARDEN_STATIC
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/etc/group", "re"), fclose);
  if (file == nullptr) return errno;
  std::vector<char> buffer(std::size_t{1} << 20U);
  groups = {user.gid};
  int error = 0;
  group entry{};
  group* found = nullptr;
  while ((error = fgetgrent_r(file.get(), &entry, buffer.data(), buffer.size(), &found)) == 0) {
    for (char** member = entry.gr_mem; *member != nullptr; ++member) {
      if (user.name == *member && entry.gr_gid != user.gid) groups.push_back(entry.gr_gid);
    }
  }
  return error == ENOENT ? 0 : error;
#else
  constexpr int kMaxGroups = 65'536;  // as the kernel has it
  int count = 64;
  do {
    groups.resize(static_cast<std::size_t>(count));
    if (getgrouplist(user.name.c_str(), user.gid, groups.data(), &count) >= 0) {
      groups.resize(static_cast<std::size_t>(count));
      return 0;
    }
  } while (count > static_cast<int>(groups.size()) && count <= kMaxGroups);
  return EINVAL;
#endif
}

}  // namespace

Result<User> FindUser(const std::string& name, Code code, std::string_view what) {
  constexpr std::size_t kBufferBytes = 65'536;
  std::vector<char> buffer(kBufferBytes);
  passwd entry{};
  passwd* found = nullptr;
  const int error = Find(name, entry, buffer, found);
  if (found != nullptr) {
    return User{name, entry.pw_uid, entry.pw_gid, entry.pw_dir, entry.pw_shell};
  }
  const std::string why = error == 0 ? "" : ": " + ErrorText(error);
  return Finding{code, fmt::format("{}: no user {}{}", what, Quote(name), why), "useradd it"};
}

Result<Identity> IdentityOf(const User& user, Code code, std::string_view what) {
  Identity identity{user.uid, user.gid, {}};
  const int error = FindGroups(user, identity.groups);
  if (error == 0) return identity;
  return Finding{
      code, fmt::format("{}: groups of user {}: {}", what, Quote(user.name), ErrorText(error))};
}

int AssumeIdentity(const Identity& identity) {
  const auto& [uid, gid, groups] = identity;
  if (uid == 0 || uid == static_cast<uid_t>(-1) || gid == static_cast<gid_t>(-1)) return EINVAL;
  if (setgroups(groups.size(), groups.data()) != 0) return errno;
  if (setresgid(gid, gid, gid) != 0) return errno;
  if (setresuid(uid, uid, uid) != 0) return errno;

  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  gid_t real_group = 0;
  gid_t effective_group = 0;
  gid_t saved_group = 0;
  if (getresuid(&real, &effective, &saved) != 0) return errno;
  if (getresgid(&real_group, &effective_group, &saved_group) != 0) return errno;
  if (real != uid || effective != uid || saved != uid) return EPERM;
  if (real_group != gid || effective_group != gid || saved_group != gid) return EPERM;
  if (setuid(0) == 0 || seteuid(0) == 0) return EPERM;
  // Kernels without keyrings have none to leave.
  (void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
  return 0;
}

}  // namespace jobwarden
