#include "verifier/doctor/access.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "verifier/base/finding.h"

namespace jobwarden {
namespace {

// The three bits of `mode` that count for a user.
unsigned BitsFor(const struct stat& st, uid_t uid, const std::vector<gid_t>& groups) {
  if (st.st_uid == uid) return st.st_mode >> 6 & 7U;
  const bool member = std::find(groups.begin(), groups.end(), st.st_gid) != groups.end();
  return st.st_mode >> (member ? 3U : 0U) & 7U;
}

}  // namespace

bool MayAccess(const std::string& path, const User& user, Access access) {
  namespace fs = std::filesystem;
  constexpr unsigned kRead = 4;
  constexpr unsigned kWrite = 2;
  constexpr unsigned kSearch = 1;
  std::error_code error;
  const fs::path file = fs::canonical(path, error);
  struct stat st {};
  if (error || stat(file.c_str(), &st) != 0) return false;
  if (user.uid == 0) return true;
  const auto identity = IdentityOf(user, Code::kDriverFailed, "user");
  const std::vector<gid_t> groups = identity ? identity->groups : std::vector<gid_t>{user.gid};
  bool may = (BitsFor(st, user.uid, groups) & (access == Access::kRead ? kRead : kWrite)) != 0;
  // Whoever owns a file can give himself the right.
  may = may || st.st_uid == user.uid;
  bool reaches = true;
  for (fs::path folder = file.parent_path();; folder = folder.parent_path()) {
    if (stat(folder.c_str(), &st) != 0) return false;
    const unsigned bits = BitsFor(st, user.uid, groups);
    reaches = reaches && ((bits & kSearch) != 0 || st.st_uid == user.uid);
    const bool sticky = (st.st_mode & S_ISVTX) != 0;
    // A folder above that the user can write can get another folder in its place.
    const bool replaces =
        (((bits & kWrite) != 0 && (bits & kSearch) != 0) && !sticky) || st.st_uid == user.uid;
    if (access == Access::kWrite && replaces) may = true;
    if (folder == folder.root_path()) break;
  }
  return may && reaches;
}

}  // namespace jobwarden
