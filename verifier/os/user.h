#ifndef JOBWARDEN_VERIFIER_OS_USER_H_
#define JOBWARDEN_VERIFIER_OS_USER_H_

#include <sys/types.h>

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

/// The user of this name; in a static program one of /etc/passwd, whatever other name services the
/// machine has. `code` and `what` make the finding: `what: no user "NAME"`.
Result<User> FindUser(const std::string& name, Code code, std::string_view what);

/// The user that has this number, found where FindUser looks; nothing when there is none.
std::optional<User> FindUserById(uid_t uid);

/// Mounts that a process, and what it starts, sees alone: in a namespace of their own, to which
/// later mounts of the machine come too, and from which none go out.
struct OwnMounts {
  std::string folder;  ///< is seen at `at` as well
  std::string at;      ///< a folder; without links, and nobody but root may put one on the way
};

/// What a process takes on to be a user.
struct Identity {
  uid_t uid;
  gid_t gid;
  std::vector<gid_t> groups;          ///< all, as a login would have them
  std::optional<OwnMounts> mounts{};  ///< absent: it sees what its parent sees
};

/// Looks the user's groups up, where FindUser looks. `code` and `what` make the finding.
Result<Identity> IdentityOf(const User& user, Code code, std::string_view what);

/// Makes this process the user's for good: mounts, groups, then ids, then a look whether it is so
/// and whether there is a way back. Returns 0 or an errno; then the process must not go on.
///
/// For a child of root between fork and exec: it neither allocates nor looks anything up. The
/// session keyring of whoever started us does not go along. What the process asked for with
/// PR_SET_PDEATHSIG is forgotten by the kernel: to be asked for afterwards.
int AssumeIdentity(const Identity& identity);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_USER_H_
