#ifndef JOBWARDEN_VERIFIER_SERVICE_OPENAPI_H_
#define JOBWARDEN_VERIFIER_SERVICE_OPENAPI_H_

#include "verifier/http/answer.h"

namespace jobwarden {

/// `GET /openapi.json`: what each request takes, and each answer that it can get (OpenAPI 3.1). The
/// tests hold the service's answers against it.
HttpResponse OpenApiAnswer();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_OPENAPI_H_
