#ifndef JOBWARDEN_EXECUTOR_PROXY_PASSWORDS_H_
#define JOBWARDEN_EXECUTOR_PROXY_PASSWORDS_H_

#include <vector>

#include "verifier/base/secret.h"
#include "verifier/os/environment.h"

namespace jobwarden {

/// What a log is not to show of the proxies in this environment: the passwords in the URLs of all
/// variables that end in `_proxy`, in any case, the job's own (CUSTOM_ENV_*) too. A password is
/// there as it is in the URL and, if that differs, percent-decoded. One too short to be masked
/// (kMinSearchedBytes) is there with the user's name and the signs around both.
std::vector<Secret> ProxyPasswords(const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_PROXY_PASSWORDS_H_
