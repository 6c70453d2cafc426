#ifndef JOBWARDEN_VERIFIER_SERVICE_DECIDE_H_
#define JOBWARDEN_VERIFIER_SERVICE_DECIDE_H_

#include <string_view>

#include "verifier/http/server.h"
#include "verifier/service/served_keys.h"
#include "verifier/service/site.h"

namespace jobwarden {

/// `POST /v1/decide`: `{token, facts?, issuer?}`. The answer is what `jobwarden verify --json`
/// prints for the same token, facts and issuer. 200 for allow and deny, 503 if the question could
/// not be answered.
HttpReply DecideRequest(const Site& site, std::string_view body, AskedKeys& keys, bool is_last_try);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_DECIDE_H_
