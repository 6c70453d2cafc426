#include "verifier/broker/http_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "verifier/base/encoding.h"
#include "verifier/base/number.h"
#include "verifier/base/text.h"
#include "verifier/broker/ticket_request.h"
#include "verifier/http/head.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {
namespace {

using State = HttpRequestRead::State;

HttpRequestRead Bad(int status, std::string problem) {
  return {State::kBad, {}, status, std::move(problem)};
}

// A part of a query as a server reads it: `+` is a blank.
std::string Decoded(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return std::string(PercentDecoded(spaced).view());
}

// Whether a field that counts appears twice, with different values.
bool Contradicts(const HttpHead& head, std::string_view name) {
  return std::any_of(head.fields.begin(), head.fields.end(), [&](const HttpField& field) {
    return SameWithoutCase(field.name, name) && field.value != head.Find(name);
  });
}

// The path; the query stays in `target`.
std::string_view TakePath(std::string_view& target) {
  for (const std::string_view scheme : {"http://", "HTTP://"}) {
    if (!target.starts_with(scheme)) continue;
    target.remove_prefix(scheme.size());
    target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
  }
  target = target.substr(0, target.find('#'));
  return TakeUpTo(target, '?');
}

HttpRequestRead ReadQuery(std::string_view query) {
  HttpRequestRead read;
  read.state = State::kGood;
  while (!query.empty()) {
    // Some clients write a second `?` because they do not look for the first.
    const std::size_t end = std::min(query.find_first_of("&?"), query.size());
    std::string_view value = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::string_view name = TakeUpTo(value, '=');
    if (!SameWithoutCase(name, "audience")) continue;
    std::string audience = Decoded(value);
    if (audience.size() > kMaxAudienceBytes) {
      return Bad(400,
                 fmt::format("audience: expected {} bytes at most, got more", kMaxAudienceBytes));
    }
    if (read.query.audience && *read.query.audience != audience) {
      return Bad(400, "audience: expected one, got two that differ");
    }
    read.query.audience = std::move(audience);
  }
  if (read.query.audience && read.query.audience->empty()) read.query.audience.reset();
  return read;
}

}  // namespace

HttpRequestRead ReadTokenQuery(std::string_view bytes) {
  // Empty lines before a request are passed over (RFC 9112 §2.2).
  while (bytes.starts_with("\r\n") || bytes.starts_with("\n")) {
    bytes.remove_prefix(bytes.front() == '\r' ? 2 : 1);
  }
  const std::size_t length = HeadLength(bytes);
  if (std::min(length, bytes.size()) > kMaxHeadBytes) {
    return Bad(431, fmt::format("the request's header has more than {} bytes", kMaxHeadBytes));
  }
  if (length == bytes.npos) return {};
  const auto parsed = ParseHead(bytes.substr(0, length));
  if (const auto* fault = std::get_if<HttpFault>(&parsed))
    return Bad(fault->status, fault->problem);
  const auto& head = std::get<HttpHead>(parsed);
  if (head.method != "GET" && head.method != "POST") {
    return Bad(405, "method: expected GET, got " + Quote(head.method));
  }
  if (Contradicts(head, "authorization") || Contradicts(head, "content-length")) {
    return Bad(400, "a field of the request's header appears twice");
  }
  if (!head.Find("transfer-encoding").empty()) return Bad(411, "a body needs a Content-Length");
  const std::string_view length_text = head.Find("content-length");
  std::size_t body = 0;
  if (!length_text.empty()) {
    const auto length_field = ParseNumber<std::size_t>(length_text);
    if (!length_field) return Bad(400, "Content-Length: not a number");
    body = *length_field;
    if (body > kMaxBodyBytes) {
      return Bad(413, fmt::format("body: expected {} bytes at most", kMaxBodyBytes));
    }
  }
  if (bytes.size() - length < body) return {};

  std::string_view target = head.target;
  const std::string_view path = TakePath(target);
  constexpr std::string_view kPath = kBrokerTarget.substr(0, kBrokerTarget.find('?'));
  if (path != kPath) {
    return Bad(404, "path: expected that of ACTIONS_ID_TOKEN_REQUEST_URL, got " + Quote(path));
  }
  HttpRequestRead read = ReadQuery(target);
  read.query.ticket = BearerOf(head.Find("authorization"));
  return read;
}

std::string FormatHttpAnswer(int status, std::string_view body) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\n"
      "Content-Type: application/json; charset=utf-8\r\n"
      "Content-Length: {}\r\n"
      "Cache-Control: no-store\r\n"
      "{}"
      "Connection: close\r\n\r\n{}",
      status, HttpReason(status), body.size(), status == 429 ? "Retry-After: 1\r\n" : "", body);
}

}  // namespace jobwarden
