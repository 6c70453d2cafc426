#ifndef JOBWARDEN_VERIFIER_SERVICE_INSPECT_H_
#define JOBWARDEN_VERIFIER_SERVICE_INSPECT_H_

#include <string_view>

#include "verifier/http/answer.h"

namespace jobwarden {

/// `POST /v1/inspect/token`: `{token}`. What the token says, with nothing verified, and warnings.
HttpResponse InspectRequest(std::string_view body);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_INSPECT_H_
