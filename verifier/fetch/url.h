#ifndef JOBWARDEN_VERIFIER_FETCH_URL_H_
#define JOBWARDEN_VERIFIER_FETCH_URL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "verifier/base/result.h"

namespace jobwarden {

/// `host:port`, an IPv6 address in brackets: as a Host header and a CONNECT request have it.
std::string Authority(std::string_view host, std::uint16_t port);

/// Where a request goes: https anywhere, http to this machine alone.
struct Url {
  std::string text;
  bool secure = true;
  std::string host;  ///< lower case; an IPv6 address without brackets
  std::uint16_t port = 443;
  std::string target;  ///< path and query

  std::string Authority() const { return jobwarden::Authority(host, port); }
  bool SameOrigin(const Url& other) const;
};

/// The URL as a message or a file may have it: `?...` stands for its query, which is a secret where
/// an object store signed the address.
std::string WithoutQuery(std::string_view url);

/// Whether `text` holds only characters that a URL may have (RFC 3986 §2): none that could end a
/// request line or a header early.
bool IsUrlText(std::string_view text);

/// `localhost`, 127.0.0.0/8 or ::1.
bool IsLoopback(std::string_view host);

/// Reads such a URL. KEYS_UNAVAILABLE for every other text, and for a URL with a user name in it.
Result<Url> ParseUrl(std::string_view text);

/// The URL that `location` means, which is absolute or relative to `base`.
Result<Url> ResolveUrl(const Url& base, std::string_view location);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_URL_H_
