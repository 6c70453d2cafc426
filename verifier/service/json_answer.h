#ifndef JOBWARDEN_VERIFIER_SERVICE_JSON_ANSWER_H_
#define JOBWARDEN_VERIFIER_SERVICE_JSON_ANSWER_H_

#include <string>
#include <string_view>

#include "verifier/base/finding.h"
#include "verifier/base/value.h"
#include "verifier/http/answer.h"

namespace jobwarden {

/// An answer with this JSON as its body.
HttpResponse JsonAnswer(int status, const Value& body);

/// `{"error": {"code": …, "message": …, "hint": …}}`; without a hint where there is none.
HttpResponse ErrorAnswer(int status, std::string_view code, std::string_view message,
                         std::string_view hint = "");
/// The same for the first finding.
HttpResponse ErrorAnswer(int status, const Findings& findings);

/// A finding as JWTShield has it: code, severity, message, evidence (`token_NAME`,
/// `expected_NAME`), and a hint where there is one.
Value FindingAnswer(const Finding& finding);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_JSON_ANSWER_H_
