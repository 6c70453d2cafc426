#include "verifier/config/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

bool IsHostChar(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
         c == '_';
}

bool IsIpv6Char(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

// A decimal number without leading zeros, at most `most`.
bool IsNumber(std::string_view text, unsigned most) {
  unsigned number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && number <= most &&
         (text.size() == 1 || text.front() != '0');
}

// "127.evil.example" is a name, so each part must be a number.
bool IsLoopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  if (!host.starts_with("127.")) return false;
  int parts = 0;
  for (;; ++parts) {
    const std::size_t dot = host.find('.');
    if (!IsNumber(host.substr(0, dot), 255)) return false;
    if (dot == std::string_view::npos) return parts == 3;
    host.remove_prefix(dot + 1);
  }
}

bool IsHost(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    return !host.empty() && std::all_of(host.begin(), host.end(), IsIpv6Char);
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), IsHostChar);
}

// The host of a host and perhaps a port.
std::string_view HostOf(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? authority.substr(0, colon) : authority;
}

}  // namespace

std::string UrlProblem(std::string_view url, UrlUse use) {
  const bool has_user = url.find('@') != std::string_view::npos;
  if (has_user && use != UrlUse::kProxy) return "expected a URL without user name and password";
  const auto but = [&](std::string_view expected) {
    return has_user ? fmt::format("expected {}", expected)
                    : fmt::format("expected {}, got {}", expected, Quote(url));
  };
  if (!std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return but("a URL without blanks and of ASCII characters");
  }

  const bool http = url.starts_with("http://");
  const std::string_view scheme = use == UrlUse::kProxy    ? "an http:// URL"
                                  : use == UrlUse::kServer ? "an https:// or http:// URL"
                                                           : "an https:// URL";
  if (!http && (use == UrlUse::kProxy || !url.starts_with("https://"))) return but(scheme);
  const std::string_view rest = url.substr(url.find("://") + 3);

  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view tail = rest.substr(authority.size());
  if (tail.find('@') != std::string_view::npos) return but("a URL with a host before any @");
  authority.remove_prefix(authority.rfind('@') + 1);
  const std::string_view host = HostOf(authority);
  if (!IsHost(host)) return but("a URL with a host");
  const std::string_view port = authority.substr(host.size());
  if (!port.empty() && (!IsNumber(port.substr(1), 65535) || port == ":0")) {
    return but("a port from 1 to 65535");
  }
  if (http && use == UrlUse::kKeySet && !IsLoopback(host)) {
    return but("an https:// URL (http:// is for loopback only)");
  }

  if (tail.find('#') != std::string_view::npos) return but("a URL without a fragment");
  if (use != UrlUse::kKeySet && tail.find('?') != std::string_view::npos) {
    return but("a URL without a query");
  }
  if (use == UrlUse::kProxy && !tail.empty() && tail != "/") return but("a URL without a path");
  return "";
}

bool IsPlainHttp(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return false;
  url.remove_prefix(kScheme.size());
  return !IsLoopback(HostOf(url.substr(0, url.find('/'))));
}

}  // namespace jobwarden
