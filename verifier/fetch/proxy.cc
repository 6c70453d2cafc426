#include "verifier/fetch/proxy.h"

#include <Poco/Exception.h>
#include <Poco/String.h>
#include <Poco/URI.h>
#include <fmt/format.h>

#include <initializer_list>

namespace jobwarden {
namespace {

std::string First(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (std::string value = environment(name); !value.empty()) return value;
  }
  return "";
}

bool Names(std::string_view entry, const Url& url) {
  if (entry == "*") return true;
  const std::string port = fmt::format(":{}", url.port);
  if (entry.ends_with(port)) entry.remove_suffix(port.size());
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  if (entry.empty() || !url.host.ends_with(entry)) return false;
  const std::size_t before = url.host.size() - entry.size();
  return before == 0 || url.host[before - 1] == '.';
}

bool Excepted(std::string_view list, const Url& url) {
  while (!list.empty()) {
    const std::size_t end = list.find_first_of(", ");
    if (Names(Poco::toLower(std::string(list.substr(0, end))), url)) return true;
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return false;
}

}  // namespace

Result<std::optional<Proxy>> ChooseProxy(const Url& url, const std::string& setting,
                                         const Environment& environment) {
  if (IsLoopback(url.host)) return std::optional<Proxy>();
  std::string text = setting;
  if (text.empty()) {
    if (Excepted(First(environment, {"no_proxy", "NO_PROXY"}), url)) return std::optional<Proxy>();
    text = First(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    if (text.empty()) return std::optional<Proxy>();
  }
  // Its text is not shown: there may be a password in it.
  const Finding refusal{Code::kKeysUnavailable, "proxy: expected http://HOST:PORT",
                        setting.empty() ? "look at https_proxy and all_proxy in the environment"
                                        : "look at `proxy` of this issuer in the configuration"};
  try {
    if (text.find("://") == std::string::npos) text.insert(0, "http://");
    const Poco::URI uri(text);
    if (uri.getScheme() != "http" || uri.getHost().empty() || uri.getPort() == 0) return refusal;
    Proxy proxy{uri.getHost(), uri.getPort(), "", ""};
    const std::string& info = uri.getUserInfo();
    const std::size_t colon = info.find(':');
    Poco::URI::decode(info.substr(0, colon), proxy.user);
    if (colon != std::string::npos) Poco::URI::decode(info.substr(colon + 1), proxy.password);
    return std::optional<Proxy>(std::move(proxy));
  } catch (const Poco::Exception&) {
    return refusal;
  }
}

}  // namespace jobwarden
