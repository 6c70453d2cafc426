#include "executor/proxy_passwords.h"

#include <strings.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/value_length.h"

namespace jobwarden {
namespace {

bool NamesProxy(const std::string& name) {
  constexpr std::string_view kEnd = "_proxy";
  constexpr std::string_view kExceptions = "no_proxy";
  const auto ends = [&](std::string_view end) {
    return name.size() >= end.size() &&
           strncasecmp(name.c_str() + name.size() - end.size(), end.data(), end.size()) == 0;
  };
  return ends(kEnd) && !ends(kExceptions);
}

// Of `http://USER:PASSWORD@HOST:PORT`, where the scheme may be absent.
void AddPassword(std::string_view url, std::vector<Secret>& passwords) {
  const auto scheme = url.find("://");
  const std::string_view rest = url.substr(scheme == url.npos ? 0 : scheme + 3);
  // A password may have a bare `@`; a host has none.
  const auto end = rest.rfind('@');
  if (end == rest.npos) return;
  const auto colon = rest.find(':');
  if (colon >= end) return;
  const std::string_view password = rest.substr(colon + 1, end - colon - 1);
  if (password.empty()) return;
  if (password.size() < kMinSearchedBytes) {
    // `//USER:PASSWORD@`
    const std::size_t signs = scheme == url.npos ? 0 : 2;
    passwords.emplace_back(std::string(rest.data() - signs, end + 1 + signs));
    return;
  }
  Secret plain = PercentDecoded(password);
  if (plain.view() != password) passwords.push_back(std::move(plain));
  passwords.emplace_back(std::string(password));
}

}  // namespace

std::vector<Secret> ProxyPasswords(const Environment& environment) {
  std::vector<Secret> passwords;
  for (const auto& [name, value] : environment.variables()) {
    if (NamesProxy(name)) AddPassword(value.view(), passwords);
  }
  return passwords;
}

}  // namespace jobwarden
