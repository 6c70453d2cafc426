#include "verifier/fetch/proxy.h"

#include <Poco/Exception.h>
#include <Poco/String.h>
#include <Poco/URI.h>

#include <initializer_list>
#include <utility>

#include "verifier/fetch/no_proxy.h"

namespace jobwarden {
namespace {

std::string First(const VariableLookup& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = environment(name); !value.empty()) return value;
  }
  return "";
}

// `http://USER:PASSWORD@HOST:PORT`, of which HOST alone must be there. The last `@` ends the
// password: people write passwords as they are, and a host has no `@`.
std::optional<Proxy> ParseProxy(std::string_view text) {
  if (const std::size_t scheme = text.find("://"); scheme != text.npos) {
    if (Poco::toLower(std::string(text.substr(0, scheme))) != "http") return std::nullopt;
    text.remove_prefix(scheme + 3);
  }
  text = text.substr(0, text.find_first_of("/?#"));
  const std::size_t at = text.rfind('@');
  const std::string place(at == text.npos ? text : text.substr(at + 1));
  if (!IsUrlText(place)) return std::nullopt;
  try {
    const Poco::URI uri("http://" + place);
    if (uri.getHost().empty() || uri.getPort() == 0) return std::nullopt;
    Proxy proxy{uri.getHost(), uri.getPort(), "", ""};
    if (at == text.npos) return proxy;
    const std::string user(text.substr(0, at));
    const std::size_t colon = user.find(':');
    Poco::URI::decode(user.substr(0, colon), proxy.user);
    if (colon != user.npos) Poco::URI::decode(user.substr(colon + 1), proxy.password);
    return proxy;
  } catch (const Poco::Exception&) {
    return std::nullopt;
  }
}

}  // namespace

Result<std::optional<Proxy>> ChooseProxy(const Url& url, const std::string& setting,
                                         const VariableLookup& environment) {
  if (IsLoopback(url.host)) return std::optional<Proxy>();
  std::string text = setting;
  if (text.empty()) {
    if (IsNamedByNoProxy(First(environment, {"no_proxy", "NO_PROXY"}), url)) {
      return std::optional<Proxy>();
    }
    text = First(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    if (text.empty()) return std::optional<Proxy>();
  }
  auto proxy = ParseProxy(text);
  if (proxy) return proxy;
  // Nothing of `text` is shown: it may hold a password.
  return Finding{Code::kKeysUnavailable, "proxy: expected http://USER:PASSWORD@HOST:PORT",
                 std::string("see ") +
                     (setting.empty() ? "https_proxy and all_proxy in the environment"
                                      : "`proxy` in the configuration") +
                     "; write / ? # and % of a password as %2F %3F %23 %25"};
}

}  // namespace jobwarden
