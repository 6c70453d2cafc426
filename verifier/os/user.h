#ifndef JOBWARDEN_VERIFIER_OS_USER_H_
#define JOBWARDEN_VERIFIER_OS_USER_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"

namespace jobwarden {

/// A user of this machine.
struct User {
  std::string name;
  uid_t uid;
  gid_t gid;
  std::string home;
  std::string shell;
};

/// The user of this name. A static program looks in /etc/passwd only, whatever other name services
/// the machine has. `code` and `what` make the finding: `what: no user "NAME"`.
Result<User> FindUser(const std::string& name, Code code, std::string_view what);

/// The user with this number, from the same places as in FindUser; nothing when there is none.
std::optional<User> FindUserById(uid_t uid);

/// The number of the group of this name, from the same places as in FindUser; nothing when there is
/// none.
std::optional<gid_t> FindGroup(const std::string& name);

/// The numbers that processes of a user can have: its own, and those that /etc/subuid gives it for
/// user namespaces (rootless containers).
struct UserIds {
  struct Range {
    std::uint64_t first;
    std::uint64_t count;
  };
  uid_t own;
  std::vector<Range> subordinate;

  bool Has(uid_t id) const;
};

/// Ranges that begin below 65536 are left out: these numbers are of the machine's own users.
UserIds IdsOf(const User& user);

/// Mounts that only a process and its children see. They are in a namespace of their own: later
/// mounts of the machine appear in it, and its mounts do not appear elsewhere.
struct OwnMounts {
  std::string folder;  ///< it appears at `at` too
  std::string at;      ///< a folder; its path has no links, and only root may put one there
};

/// The ids that make a process a user's, and its mounts.
struct Identity {
  uid_t uid;
  gid_t gid;
  std::vector<gid_t> groups;          ///< all of them, as a login has them
  std::optional<OwnMounts> mounts{};  ///< absent: it sees what its parent sees
};

/// Looks up the user's groups, in the same places as FindUser. `code` and `what` make the finding.
Result<Identity> IdentityOf(const User& user, Code code, std::string_view what);

/// Makes this process the user's for good: sets mounts, groups, then ids, then checks that the ids
/// are set and that there is no way back. Returns 0 or an errno; after an errno the process must
/// not go on.
///
/// It is for a child of root between fork and exec: it neither allocates nor looks anything up. The
/// process leaves the session keyring of whoever started us. The kernel forgets PR_SET_PDEATHSIG,
/// so set it after this call.
int AssumeIdentity(const Identity& identity);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_USER_H_
