#ifndef JOBWARDEN_VERIFIER_FETCH_PROXY_H_
#define JOBWARDEN_VERIFIER_FETCH_PROXY_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/fetch/url.h"

namespace jobwarden {

/// A proxy that is asked to CONNECT.
struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string user;
  std::string password;
};

/// The value of an environment variable; empty when it is not set.
using Environment = std::function<std::string(const char* name)>;

/// The proxy that leads to `url`, if any: `setting` where it is not empty, else https_proxy or
/// all_proxy, unless no_proxy names the host (`*`, the host, a domain that it lies in, each
/// perhaps with a port). The lower-case variable goes before the upper-case one. This machine
/// is reached without one. KEYS_UNAVAILABLE for a proxy that is no http proxy.
Result<std::optional<Proxy>> ChooseProxy(const Url& url, const std::string& setting,
                                         const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_PROXY_H_
