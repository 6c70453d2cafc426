#include "verifier/fetch/no_proxy.h"

#include <Poco/String.h>
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <system_error>

namespace jobwarden {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// The 4 or 16 bytes of an address; empty when `text` is not an address. The IPv6 form of an IPv4
// address (RFC 4291 §2.5.5.2) is that IPv4 address.
std::string AddressBytes(std::string_view text) {
  constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  const std::string address(text);
  std::string bytes(16, '\0');
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) return bytes.substr(0, 4);
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return "";
  return bytes.starts_with(kMapped) ? bytes.substr(kMapped.size()) : bytes;
}

// Whether the first `bits` bits of two addresses are the same.
bool StartAlike(std::string_view a, std::string_view b, std::size_t bits) {
  if (a.size() != b.size() || bits > 8 * a.size()) return false;
  const std::size_t whole = bits / 8;
  if (a.substr(0, whole) != b.substr(0, whole)) return false;
  if (bits % 8 == 0) return true;
  const int differing = static_cast<unsigned char>(a[whole]) ^ static_cast<unsigned char>(b[whole]);
  return differing >> (8 - bits % 8) == 0;
}

// `address`, or `address/bits`.
bool NamesAddress(std::string_view entry, std::string_view host) {
  const std::size_t slash = entry.find('/');
  const std::string address = AddressBytes(entry.substr(0, slash));
  std::size_t bits = 8 * address.size();
  if (slash != kNone) {
    const std::string_view number = entry.substr(slash + 1);
    const char* end = number.data() + number.size();
    const auto [stop, error] = std::from_chars(number.data(), end, bits);
    if (error != std::errc() || stop != end) return false;
  }
  return !address.empty() && StartAlike(address, host, bits);
}

bool NamesDomain(std::string_view entry, std::string_view host) {
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  for (std::string_view* name : {&entry, &host}) {
    if (name->ends_with('.')) name->remove_suffix(1);
  }
  if (entry.empty() || !host.ends_with(entry)) return false;
  const std::size_t before = host.size() - entry.size();
  return before == 0 || host[before - 1] == '.';
}

bool Names(std::string_view entry, const Url& url) {
  if (entry == "*") return true;
  const std::size_t bracket = entry.rfind(']');
  const std::size_t colon = entry.rfind(':');
  const bool has_port =
      colon != kNone && (bracket == kNone ? entry.find(':') == colon : colon > bracket);
  if (has_port) {
    if (entry.substr(colon + 1) != fmt::format("{}", url.port)) return false;
    entry.remove_suffix(entry.size() - colon);
  }
  std::string name(entry);
  std::erase_if(name, [](char c) { return c == '[' || c == ']'; });
  const std::string host = AddressBytes(url.host);
  return host.empty() ? NamesDomain(name, url.host) : NamesAddress(name, host);
}

}  // namespace

bool IsNamedByNoProxy(std::string_view list, const Url& url) {
  constexpr std::string_view kSeparators = ", \t\r\n";
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(kSeparators), list.size());
    if (Names(Poco::toLower(std::string(list.substr(0, end))), url)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace jobwarden
