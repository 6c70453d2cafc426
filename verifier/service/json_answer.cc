#include "verifier/service/json_answer.h"

#include <utility>

#include "verifier/base/json.h"

namespace jobwarden {
namespace {

// Evidence is JSON text.
Value Parsed(const std::string& json) {
  constexpr JsonLimits kLimits{.max_bytes = 65'536};
  auto value = ParseJson(json, kLimits, Code::kDriverFailed, "evidence");
  return value ? *std::move(value) : Value(json);
}

}  // namespace

HttpResponse JsonAnswer(int status, const Value& body) {
  HttpResponse answer;
  answer.status = status;
  answer.body = WriteJson(body);
  return answer;
}

HttpResponse ErrorAnswer(int status, std::string_view code, std::string_view message,
                         std::string_view hint) {
  Object error{{"code", code}, {"message", message}};
  if (!hint.empty()) error.Set("hint", hint);
  HttpResponse answer = JsonAnswer(status, Object{{"error", std::move(error)}});
  answer.outcome = code;
  return answer;
}

HttpResponse ErrorAnswer(int status, const Findings& findings) {
  const Finding& first = findings.front();
  return ErrorAnswer(status, CodeName(first.code), first.message, first.hint);
}

Value FindingAnswer(const Finding& finding) {
  Object evidence;
  for (const Evidence& each : finding.evidence) {
    evidence.Set("token_" + each.field, Parsed(each.got));
    evidence.Set("expected_" + each.field, Parsed(each.expected));
  }
  Object answer{{"code", CodeName(finding.code)},
                {"severity", Forbids(finding) ? "error" : "warning"},
                {"message", finding.message},
                {"evidence", std::move(evidence)}};
  if (!finding.hint.empty()) answer.Set("hint", finding.hint);
  return answer;
}

}  // namespace jobwarden
