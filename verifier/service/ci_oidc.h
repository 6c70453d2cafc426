#ifndef JOBWARDEN_VERIFIER_SERVICE_CI_OIDC_H_
#define JOBWARDEN_VERIFIER_SERVICE_CI_OIDC_H_

#include <string_view>

#include "verifier/http/server.h"
#include "verifier/service/served_keys.h"
#include "verifier/service/site.h"

namespace jobwarden {

/// `POST /v1/validate/ci-oidc`: whether a token is a CI job's of this provider, and of the expected
/// repository or project, ref and protection. It asks no rules.
HttpReply ValidateCiOidc(const Site& site, std::string_view body, AskedKeys& keys,
                         bool is_last_try);

/// The keys' wait, if that is why there is no answer; else nothing.
inline bool MustWait(const AskedKeys& keys, bool is_last_try) {
  return keys.must_wait() && !is_last_try;
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_CI_OIDC_H_
