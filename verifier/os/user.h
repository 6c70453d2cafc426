#ifndef JOBWARDEN_VERIFIER_OS_USER_H_
#define JOBWARDEN_VERIFIER_OS_USER_H_

#include <sys/types.h>

#include <string>
#include <string_view>

#include "verifier/base/result.h"

namespace jobwarden {

/// A user of this machine.
struct User {
  std::string name;
  uid_t uid;
  gid_t gid;
  std::string home;
};

/// The user of this name; in a static program one of /etc/passwd, whatever other name services the
/// machine has. `code` and `what` make the finding: `what: no user "NAME"`.
Result<User> FindUser(const std::string& name, Code code, std::string_view what);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_USER_H_
