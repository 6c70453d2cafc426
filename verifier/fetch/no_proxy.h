#ifndef JOBWARDEN_VERIFIER_FETCH_NO_PROXY_H_
#define JOBWARDEN_VERIFIER_FETCH_NO_PROXY_H_

#include <string_view>

#include "verifier/fetch/url.h"

namespace jobwarden {

/// Whether `list`, the value of no_proxy, names the host of `url`. Its entries are separated by
/// commas or blanks, and case does not count:
///
///   *                        every host
///   example.com              that host, and every host of that domain; also written .example.com
///                            or *.example.com
///   10.1.2.3, 2001:db8::1    that address; an IPv6 address may stand in brackets
///   10.0.0.0/8, fd00::/8     every address of that range
///
/// Each but `*` may be followed by `:PORT`, an IPv6 address in brackets alone, and then names that
/// port only. Addresses are compared with addresses: a host that the URL names is not looked up. An
/// entry of another kind names nothing.
bool IsNamedByNoProxy(std::string_view list, const Url& url);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_NO_PROXY_H_
