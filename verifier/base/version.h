#ifndef JOBWARDEN_VERIFIER_BASE_VERSION_H_
#define JOBWARDEN_VERIFIER_BASE_VERSION_H_

#include <string_view>

namespace jobwarden {

/// The version of the project, for example `0.1.0`.
std::string_view Version();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_VERSION_H_
