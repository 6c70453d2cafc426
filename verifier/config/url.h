#ifndef JOBWARDEN_VERIFIER_CONFIG_URL_H_
#define JOBWARDEN_VERIFIER_CONFIG_URL_H_

#include <string>
#include <string_view>

namespace jobwarden {

enum class UrlUse {
  kIssuer,  ///< https or http; no query
  kKeySet,  ///< https, or http on loopback
  kServer,  ///< https or http; no query
  kProxy,   ///< http; only host and port, and perhaps user name and password
};

/// Why `url` (RFC 3986) cannot be used; empty if it can. No url may have a fragment or characters
/// other than printable ASCII. Only a proxy's url may have a user name and a password. Loopback is
/// `localhost`, `127.0.0.0/8` in four decimal numbers, and `[::1]`. The message quotes the url,
/// unless the url may hold a password.
std::string UrlProblem(std::string_view url, UrlUse use);

/// Whether what `url` leads to is reached over a network without encryption: http, and not on
/// loopback. REQUIRES: a URL in which UrlProblem finds nothing.
bool IsPlainHttp(std::string_view url);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_URL_H_
