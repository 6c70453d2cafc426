#include "verifier/service/openapi.h"

#include "verifier/service/documents.h"

namespace jobwarden {

HttpResponse OpenApiAnswer() {
  HttpResponse answer;
  answer.body = kOpenApiText;
  return answer;
}

}  // namespace jobwarden
