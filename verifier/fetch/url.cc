#include "verifier/fetch/url.h"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/String.h>
#include <Poco/URI.h>
#include <fmt/format.h>

#include <algorithm>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxUrlBytes = 2048;

Finding Refuse(std::string_view text, std::string_view why) {
  return {Code::kKeysUnavailable, fmt::format("{}: {}", Quote(WithoutQuery(text)), why)};
}

Result<Url> FromUri(const Poco::URI& uri, std::string_view text) {
  const std::string& scheme = uri.getScheme();
  Url url{uri.toString(), scheme == "https", Poco::toLower(uri.getHost()), uri.getPort(),
          uri.getPathAndQuery()};
  if (!uri.getUserInfo().empty()) {
    return Finding{Code::kKeysUnavailable, "a URL with a user name in it is refused"};
  }
  if (!url.secure && scheme != "http") return Refuse(text, "expected an https URL");
  if (url.host.empty() || url.port == 0) return Refuse(text, "expected a URL with a host");
  if (!url.secure && !IsLoopback(url.host)) {
    return Refuse(text, "expected https, http is for this machine alone");
  }
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, "/");
  return url;
}

}  // namespace

std::string Authority(std::string_view host, std::uint16_t port) {
  if (host.find(':') != std::string::npos) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

bool Url::SameOrigin(const Url& other) const {
  return secure == other.secure && host == other.host && port == other.port;
}

std::string WithoutQuery(std::string_view url) {
  const std::size_t query = url.find('?');
  return query == url.npos ? std::string(url) : std::string(url.substr(0, query)).append("?...");
}

bool IsUrlText(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\' && c != '^' &&
           c != '`' && c != '{' && c != '|' && c != '}';
  });
}

bool IsLoopback(std::string_view host) {
  if (host == "localhost") return true;
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(std::string(host), address) && address.isLoopback();
}

Result<Url> ParseUrl(std::string_view text) {
  if (text.size() > kMaxUrlBytes || !IsUrlText(text)) return Refuse(text, "not a URL");
  try {
    auto url = FromUri(Poco::URI(std::string(text)), text);
    if (url) url->text = text;
    return url;
  } catch (const Poco::Exception&) {
    return Refuse(text, "not a URL");
  }
}

Result<Url> ResolveUrl(const Url& base, std::string_view location) {
  if (location.size() > kMaxUrlBytes || !IsUrlText(location)) return Refuse(location, "not a URL");
  try {
    return FromUri(Poco::URI(Poco::URI(base.text), std::string(location)), location);
  } catch (const Poco::Exception&) {
    return Refuse(location, "not a URL");
  }
}

}  // namespace jobwarden
