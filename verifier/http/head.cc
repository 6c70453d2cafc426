#include "verifier/http/head.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/base/number.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxFields = 100;

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view TakeLine(std::string_view& text) {
  std::string_view line = TakeUpTo(text, '\n');
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// RFC 9110 §5.6.2.
bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

HttpFault Bad(std::string problem) {
  return {400, std::move(problem)};
}

}  // namespace

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

bool SameWithoutCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view TakeUpTo(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + 1);
  return taken;
}

bool ListHas(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    if (SameWithoutCase(TrimBlanks(TakeUpTo(list, ',')), word)) return true;
  }
  return false;
}

std::string_view BearerOf(std::string_view authorization) {
  const std::string_view scheme = TakeUpTo(authorization, ' ');
  return SameWithoutCase(scheme, "bearer") ? TrimBlanks(authorization) : "";
}

std::string_view HttpHead::Find(std::string_view name) const {
  for (const HttpField& field : fields) {
    if (SameWithoutCase(field.name, name)) return field.value;
  }
  return "";
}

std::size_t HttpHead::Count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(),
                    [name](const HttpField& field) { return SameWithoutCase(field.name, name); }));
}

bool HttpHead::Lists(std::string_view name, std::string_view word) const {
  return std::any_of(fields.begin(), fields.end(), [=](const HttpField& field) {
    return SameWithoutCase(field.name, name) && ListHas(field.value, word);
  });
}

std::size_t HeadLength(std::string_view bytes, std::size_t from) {
  for (std::size_t at = bytes.find('\n', from); at != bytes.npos; at = bytes.find('\n', at + 1)) {
    const std::string_view rest = bytes.substr(at + 1);
    if (rest.starts_with("\n")) return at + 2;
    if (rest.starts_with("\r\n")) return at + 3;
  }
  return bytes.npos;
}

std::variant<HttpHead, HttpFault> ParseHead(std::string_view bytes) {
  // RFC 9112 §2.2.
  while (bytes.starts_with("\r\n") || bytes.starts_with("\n")) {
    bytes.remove_prefix(bytes.front() == '\r' ? 2 : 1);
  }
  for (std::size_t at = 0; (at = bytes.find_first_of("\r\n", at)) != bytes.npos; at += 2) {
    if (bytes.substr(at, 2) != "\r\n") {
      return Bad("the request's header has a CR without an LF, or an LF without a CR");
    }
  }
  HttpHead head;
  std::string_view line = TakeLine(bytes);
  head.method = TakeUpTo(line, ' ');
  head.target = TakeUpTo(line, ' ');
  const bool has_form = IsToken(head.method) && !head.target.empty() && line.size() == 8 &&
                        line.starts_with("HTTP/1.") && line[7] >= '0' && line[7] <= '9' &&
                        std::none_of(head.target.begin(), head.target.end(), IsControl);
  if (!has_form) return Bad("this is not HTTP/1.1");
  head.is_1_0 = line[7] == '0';
  while (!bytes.empty()) {
    line = TakeLine(bytes);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      return Bad("a line of the request's header continues the line before");
    }
    if (line.find(':') == line.npos) return Bad("a line of the request's header has no colon");
    const std::string_view name = TakeUpTo(line, ':');
    if (!IsToken(name)) return Bad("a field's name has characters that no name has");
    if (std::any_of(line.begin(), line.end(), IsControl)) {
      return Bad("a field's value has control characters");
    }
    if (head.fields.size() == kMaxFields) {
      return HttpFault{431, fmt::format("the request has more than {} fields", kMaxFields)};
    }
    head.fields.push_back({name, TrimBlanks(line)});
  }
  return head;
}

std::variant<HttpFraming, HttpFault> FramingOf(const HttpHead& head, std::size_t max_body) {
  HttpFraming framing;
  for (const std::string_view name : {"content-length", "transfer-encoding", "host"}) {
    if (head.Count(name) > 1) return Bad(fmt::format("the field {} appears twice", name));
  }
  const std::string_view length = head.Find("content-length");
  const std::string_view coding = head.Find("transfer-encoding");
  const bool has_length = head.Count("content-length") > 0;
  if (head.Count("transfer-encoding") > 0) {
    if (has_length) return Bad("Content-Length and Transfer-Encoding: expected one of them");
    if (head.is_1_0 || !SameWithoutCase(coding, "chunked")) {
      return Bad("Transfer-Encoding: expected chunked");
    }
    framing.chunked = true;
  }
  if (has_length) {
    // ParseNumber takes no sign for an unsigned number.
    const auto number = ParseNumber<std::size_t>(length);
    if (!number) return Bad("Content-Length: not a number");
    if (*number > max_body) {
      return HttpFault{413, fmt::format("body: expected {} bytes at most", max_body)};
    }
    framing.length = *number;
  }
  framing.keep_alive = !head.Lists("connection", "close") &&
                       (!head.is_1_0 || head.Lists("connection", "keep-alive"));
  if (const std::string_view expect = head.Find("expect"); !expect.empty()) {
    if (!SameWithoutCase(expect, "100-continue")) {
      return HttpFault{417, "Expect: expected 100-continue"};
    }
    framing.expects_continue = !head.is_1_0;
  }
  return framing;
}

std::string_view HttpReason(int status) {
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
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

}  // namespace jobwarden
