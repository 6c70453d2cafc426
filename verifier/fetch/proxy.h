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

/// A proxy that is asked to CONNECT. User and password are decoded, and empty when there are none.
struct Proxy {
  std::string host;  ///< an IPv6 address without brackets
  std::uint16_t port = 0;
  std::string user;
  std::string password;
};

/// Returns the value of an environment variable, or the empty text when it is not set.
using VariableLookup = std::function<std::string(const char* name)>;

/// The proxy that leads to `url`, or none. `setting` counts where it is not empty; else https_proxy
/// or all_proxy, unless no_proxy names the host. The lower-case variable goes before the upper-case
/// one. This machine is always reached without a proxy. KEYS_UNAVAILABLE when the text that counts
/// is not the URL of an http proxy; the finding shows nothing of it.
Result<std::optional<Proxy>> ChooseProxy(const Url& url, const std::string& setting,
                                         const VariableLookup& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_PROXY_H_
