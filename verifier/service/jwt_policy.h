#ifndef JOBWARDEN_VERIFIER_SERVICE_JWT_POLICY_H_
#define JOBWARDEN_VERIFIER_SERVICE_JWT_POLICY_H_

#include <string_view>

#include "verifier/http/server.h"
#include "verifier/service/served_keys.h"
#include "verifier/service/site.h"

namespace jobwarden {

/// `POST /v1/validate/jwt`: `{token, policy}` or `{token, issuer_profile_id}`. A policy brings its
/// own trust: `public_key`, or `secret` for a MAC, never both; a profile is a configured issuer of
/// this name.
HttpReply ValidateJwt(const Site& site, std::string_view body, AskedKeys& keys, bool is_last_try);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_JWT_POLICY_H_
