#include "verifier/service/inspect.h"

#include <algorithm>
#include <string>
#include <utility>

#include "verifier/base/secret.h"
#include "verifier/base/value.h"
#include "verifier/os/clock.h"
#include "verifier/service/body.h"
#include "verifier/service/json_answer.h"
#include "verifier/token/inspect.h"

namespace jobwarden {

HttpResponse InspectRequest(std::string_view bytes) {
  Body body(bytes);
  const Secret token = body.TakeSecret("token", Body::Need::kRequired);
  body.RefuseOthers();
  if (!body.good()) return body.Refusal();
  auto inspected = InspectToken(token.view(), SystemNow());
  if (!inspected) return ErrorAnswer(400, inspected.findings());
  Array codes;
  Array warnings;
  for (TokenWarning& warning : inspected->warnings) {
    if (std::find(codes.begin(), codes.end(), Value(warning.code)) == codes.end()) {
      codes.emplace_back(warning.code);
    }
    warnings.emplace_back(Object{{"code", warning.code}, {"message", std::move(warning.message)}});
  }
  const std::string_view signature = token.view().substr(token.view().rfind('.') + 1);
  return JsonAnswer(
      200,
      Object{{"decoded", Object{{"header", std::move(inspected->header)},
                                {"payload", std::move(inspected->payload)},
                                {"signature_segment", signature}}},
             {"validated", false},
             {"warning", "nothing here is verified: whoever sent the token may have written it"},
             {"suspicious_warnings", std::move(codes)},
             {"warnings", std::move(warnings)}});
}

}  // namespace jobwarden
