#include "verifier/os/user.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// A group may have very many members.
constexpr std::size_t kGroupBytes = std::size_t{1} << 20U;

// An entry of the password file, and the memory that it points into.
struct Entry {
  passwd fields{};
  std::vector<char> buffer = std::vector<char>(std::size_t{1} << 16U);
  passwd* found = nullptr;  ///< null when the user does not exist

  User user() const {
    return {fields.pw_name, fields.pw_uid, fields.pw_gid, fields.pw_dir, fields.pw_shell};
  }
};

#ifdef JOBWARDEN_STATIC
// A static program cannot load the libraries that /etc/nsswitch.conf names. Returns 0 or an errno.
template <class Matches>
int FindInFile(Entry& entry, Matches matches) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/etc/passwd", "re"), fclose);
  if (file == nullptr) return errno;
  int error = 0;
  do {
    error = fgetpwent_r(file.get(), &entry.fields, entry.buffer.data(), entry.buffer.size(),
                        &entry.found);
  } while (error == 0 && !matches(entry.fields));
  return error == ENOENT ? 0 : error;
}
#endif

// Returns 0 or an errno.
int Find(const std::string& name, Entry& entry) {
#ifdef JOBWARDEN_STATIC
  return FindInFile(entry, [&](const passwd& each) { return name == each.pw_name; });
#else
  return getpwnam_r(name.c_str(), &entry.fields, entry.buffer.data(), entry.buffer.size(),
                    &entry.found);
#endif
}

// Returns 0 or an errno.
int FindGroups(const User& user, std::vector<gid_t>& groups) {
#ifdef JOBWARDEN_STATIC
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/etc/group", "re"), fclose);
  if (file == nullptr) return errno;
  std::vector<char> buffer(kGroupBytes);
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
  constexpr int kMaxGroups = 65'536;  // the kernel's limit
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

// Returns 0 or an errno. The mounts are shared again below this process: rootless containers ask.
int TakeOwnMounts(const OwnMounts& mounts) {
  if (unshare(CLONE_NEWNS) != 0) return errno;
  for (const auto propagation :
       {static_cast<unsigned long>(MS_SLAVE), static_cast<unsigned long>(MS_SHARED)}) {
    if (mount(nullptr, "/", nullptr, MS_REC | propagation, nullptr) != 0) return errno;
  }
  const bool done = mount(mounts.folder.c_str(), mounts.at.c_str(), nullptr, MS_BIND, nullptr) == 0;
  return done ? 0 : errno;
}

}  // namespace

Result<User> FindUser(const std::string& name, Code code, std::string_view what) {
  Entry entry;
  const int error = Find(name, entry);
  if (entry.found != nullptr) return entry.user();
  const std::string why = error == 0 ? "" : ": " + ErrorText(error);
  return Finding{code, fmt::format("{}: no user {}{}", what, Quote(name), why),
                 "make it: useradd --system --no-create-home --home-dir /home/NAME NAME; usermod "
                 "--expiredate 1 NAME"};
}

std::optional<User> FindUserById(uid_t uid) {
  Entry entry;
#ifdef JOBWARDEN_STATIC
  (void)FindInFile(entry, [&](const passwd& each) { return each.pw_uid == uid; });
#else
  (void)getpwuid_r(uid, &entry.fields, entry.buffer.data(), entry.buffer.size(), &entry.found);
#endif
  return entry.found == nullptr ? std::nullopt : std::optional(entry.user());
}

std::optional<gid_t> FindGroup(const std::string& name) {
  group entry{};
  group* found = nullptr;
  const auto buffer = std::make_unique_for_overwrite<char[]>(kGroupBytes);
#ifdef JOBWARDEN_STATIC
  const std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/etc/group", "re"), fclose);
  if (file == nullptr) return std::nullopt;
  while (fgetgrent_r(file.get(), &entry, buffer.get(), kGroupBytes, &found) == 0) {
    if (name == entry.gr_name) return entry.gr_gid;
  }
#else
  (void)getgrnam_r(name.c_str(), &entry, buffer.get(), kGroupBytes, &found);
#endif
  return found == nullptr ? std::nullopt : std::optional(found->gr_gid);
}

bool UserIds::Has(uid_t id) const {
  return id == own || std::any_of(subordinate.begin(), subordinate.end(), [&](const Range& each) {
           return id >= each.first && id - each.first < each.count;
         });
}

UserIds IdsOf(const User& user) {
  constexpr std::uint64_t kFirstOfNobody = 65'536;
  UserIds ids{user.uid, {}};
  std::ifstream file("/etc/subuid");
  for (std::string line; std::getline(file, line);) {  // NAME:FIRST:COUNT, or a number for the name
    std::istringstream fields(line);
    std::string name;
    UserIds::Range range{};
    char colon = 0;
    std::getline(fields, name, ':');
    if (name != user.name && name != std::to_string(user.uid)) continue;
    if (!(fields >> range.first >> colon >> range.count) || colon != ':') continue;
    if (range.first >= kFirstOfNobody) ids.subordinate.push_back(range);
  }
  return ids;
}

Result<Identity> IdentityOf(const User& user, Code code, std::string_view what) {
  Identity identity{user.uid, user.gid, {}, {}};
  const int error = FindGroups(user, identity.groups);
  if (error == 0) return identity;
  return Finding{
      code, fmt::format("{}: groups of user {}: {}", what, Quote(user.name), ErrorText(error))};
}

int AssumeIdentity(const Identity& identity) {
  const auto& [uid, gid, groups, mounts] = identity;
  if (uid == 0 || uid == static_cast<uid_t>(-1) || gid == static_cast<gid_t>(-1)) return EINVAL;
  if (mounts) {
    if (const int error = TakeOwnMounts(*mounts); error != 0) return error;
  }
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
  // A kernel without keyrings fails here, and has none to leave.
  (void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
  return 0;
}

}  // namespace jobwarden
