#include "verifier/broker/http_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/number.h"
#include "verifier/base/text.h"
#include "verifier/broker/ticket_request.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {
namespace {

using State = HttpRequestRead::State;

HttpRequestRead Bad(int status, std::string problem) {
  return {State::kBad, {}, status, std::move(problem)};
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool SameWithoutCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the text up to `end`, which goes too. All of it if `end` is not there.
std::string_view TakeUpTo(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + 1);
  return taken;
}

std::string_view TakeLine(std::string_view& text) {
  std::string_view line = TakeUpTo(text, '\n');
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// The bytes up to the empty line, with it; npos if it has not come.
std::size_t HeadLength(std::string_view bytes) {
  for (std::size_t at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', at + 1)) {
    const std::string_view rest = bytes.substr(at + 1);
    if (rest.starts_with("\n")) return at + 2;
    if (rest.starts_with("\r\n")) return at + 3;
  }
  return bytes.npos;
}

// A part of a query as a server reads it: `+` is a blank.
std::string Decoded(std::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return std::string(PercentDecoded(spaced).view());
}

struct Fields {
  std::string_view authorization;
  std::string_view length;
  bool chunked = false;
  bool twice = false;  // a field that counts appears twice, with different values
};

Fields ReadFields(std::string_view head) {
  Fields fields;
  const auto set = [&](std::string_view& field, std::string_view value) {
    if (!field.empty() && field != value) fields.twice = true;
    field = value;
  };
  while (!head.empty()) {
    std::string_view line = TakeLine(head);
    const std::string_view name = TakeUpTo(line, ':');
    if (SameWithoutCase(name, "authorization")) set(fields.authorization, Trim(line));
    if (SameWithoutCase(name, "content-length")) set(fields.length, Trim(line));
    if (SameWithoutCase(name, "transfer-encoding")) fields.chunked = true;
  }
  return fields;
}

// What comes after `bearer`, in any case.
std::string_view TicketIn(std::string_view authorization) {
  const std::string_view scheme = TakeUpTo(authorization, ' ');
  return SameWithoutCase(scheme, "bearer") ? Trim(authorization) : "";
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

std::string_view ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Internal Server Error";
  }
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
  std::string_view head = bytes.substr(0, length);
  // RFC 9112 §2.2. The head ends with LF, so each CR has a character after it.
  for (std::size_t at = head.find('\r'); at != head.npos; at = head.find('\r', at + 1)) {
    if (head[at + 1] != '\n') return Bad(400, "the request's header has a CR without an LF");
  }
  std::string_view line = TakeLine(head);
  const std::string_view method = TakeUpTo(line, ' ');
  std::string_view target = TakeUpTo(line, ' ');
  if (!line.starts_with("HTTP/1.") || target.empty()) return Bad(400, "this is not HTTP/1.1");
  if (method != "GET" && method != "POST") {
    return Bad(405, "method: expected GET, got " + Quote(method));
  }
  const Fields fields = ReadFields(head);
  if (fields.twice) return Bad(400, "a field of the request's header appears twice");
  if (fields.chunked) return Bad(411, "a body needs a Content-Length");
  std::size_t body = 0;
  if (!fields.length.empty()) {
    const auto length_field = ParseNumber<std::size_t>(fields.length);
    if (!length_field) return Bad(400, "Content-Length: not a number");
    body = *length_field;
    if (body > kMaxBodyBytes) {
      return Bad(413, fmt::format("body: expected {} bytes at most", kMaxBodyBytes));
    }
  }
  if (bytes.size() - length < body) return {};

  const std::string_view path = TakePath(target);
  constexpr std::string_view kPath = kBrokerTarget.substr(0, kBrokerTarget.find('?'));
  if (path != kPath) {
    return Bad(404, "path: expected that of ACTIONS_ID_TOKEN_REQUEST_URL, got " + Quote(path));
  }
  HttpRequestRead read = ReadQuery(target);
  read.query.ticket = TicketIn(fields.authorization);
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
      status, ReasonOf(status), body.size(), status == 429 ? "Retry-After: 1\r\n" : "", body);
}

}  // namespace jobwarden
