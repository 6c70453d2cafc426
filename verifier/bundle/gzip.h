#ifndef JOBWARDEN_VERIFIER_BUNDLE_GZIP_H_
#define JOBWARDEN_VERIFIER_BUNDLE_GZIP_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "verifier/base/result.h"

namespace jobwarden {

/// Compresses by gzip (RFC 1952). The same bytes give the same result: no time is in it.
std::string Gzip(std::string_view bytes);

/// Undoes it. POLICY_REFUSED for more than `max_bytes`, for what is damaged or cut short, and for
/// bytes after the one compressed member.
Result<std::string> Gunzip(std::string_view bytes, std::size_t max_bytes);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BUNDLE_GZIP_H_
