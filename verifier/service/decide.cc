#include "verifier/service/decide.h"

#include <string>
#include <utility>

#include "verifier/admission/facts.h"
#include "verifier/admission/record.h"
#include "verifier/admission/verify_token.h"
#include "verifier/os/clock.h"
#include "verifier/service/body.h"
#include "verifier/service/ci_oidc.h"
#include "verifier/service/json_answer.h"

namespace jobwarden {

HttpReply DecideRequest(const Site& site, std::string_view bytes, AskedKeys& keys,
                        bool is_last_try) {
  Body body(bytes);
  TokenQuestion question;
  question.token = body.TakeSecret("token", Body::Need::kRequired);
  const Value* facts = body.Any("facts");
  if (const std::string* issuer = body.Text("issuer")) question.issuer = *issuer;
  if (facts != nullptr && facts->AsObject() == nullptr) {
    body.Fail("facts", "model_attributes_type", "Input should be a valid dictionary or object");
  }
  body.RefuseOthers();
  if (!body.good()) return body.Refusal();
  if (facts != nullptr) {
    question.facts = [facts](Provider provider) {
      return JobOfFacts(*facts->AsObject(), provider, "facts");
    };
  }
  const auto record = VerifyToken(std::move(question), site.config, keys, SystemNow);
  if (MustWait(keys, is_last_try)) return keys.Wait();
  if (!record) {
    const Outcome outcome = OutcomeOf(record.findings());
    if (outcome == Outcome::kUsage) return ErrorAnswer(422, record.findings());
    HttpResponse answer;
    answer.body = WriteRefusal(record.findings());
    answer.outcome = OutcomeName(outcome);
    return answer;
  }
  HttpResponse answer;
  answer.status = record->outcome == Outcome::kError ? 503 : 200;
  answer.retry_after = record->outcome == Outcome::kError ? 5 : 0;
  answer.body = WriteRecord(*record);
  answer.outcome = OutcomeName(record->outcome);
  return answer;
}

}  // namespace jobwarden
