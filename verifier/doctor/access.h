#ifndef JOBWARDEN_VERIFIER_DOCTOR_ACCESS_H_
#define JOBWARDEN_VERIFIER_DOCTOR_ACCESS_H_

#include <string>

#include "verifier/os/user.h"

namespace jobwarden {

enum class Access { kRead, kWrite };

/// Whether the user could read or write the file at an absolute path, or make another one of its
/// name: by the modes of the file and of the folders above it, links resolved. Access control lists
/// are not looked at. False for a file that is not there.
bool MayAccess(const std::string& path, const User& user, Access access);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_ACCESS_H_
