#ifndef JOBWARDEN_VERIFIER_HTTP_ANSWER_H_
#define JOBWARDEN_VERIFIER_HTTP_ANSWER_H_

#include <chrono>
#include <string>
#include <string_view>

#include "verifier/http/head.h"

namespace jobwarden {

/// What a request is answered.
struct HttpResponse {
  int status = 200;
  std::string body;
  std::string_view content_type = "application/json";
  std::string fields{};          ///< more of the header, each line with its CR LF
  int retry_after = 0;           ///< seconds; 0: says nothing
  std::string_view route = "-";  ///< for log and metrics: `/v1/decide`; never the client's text
  std::string outcome{};         ///< for the log; empty: says nothing
};

/// Appends the answer to `out`, as it is sent. `date` is the value of the field Date. After HEAD
/// the body stays away.
void AppendAnswer(std::string& out, const HttpResponse& answer, std::string_view date,
                  bool keep_alive, bool with_body);

/// The time as the field Date has it (RFC 9110 §5.6.7).
std::string HttpDate(std::chrono::sys_seconds time);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HTTP_ANSWER_H_
