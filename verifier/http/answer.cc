#include "verifier/http/answer.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <iterator>

namespace jobwarden {

void AppendAnswer(std::string& out, const HttpResponse& answer, std::string_view date,
                  bool keep_alive, bool with_body) {
  auto to = std::back_inserter(out);
  fmt::format_to(to,
                 "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
                 "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n",
                 answer.status, HttpReason(answer.status), date, answer.content_type,
                 answer.body.size());
  if (answer.retry_after > 0) fmt::format_to(to, "Retry-After: {}\r\n", answer.retry_after);
  out += answer.fields;
  out += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  if (with_body) out += answer.body;
}

std::string HttpDate(std::chrono::sys_seconds time) {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace jobwarden
