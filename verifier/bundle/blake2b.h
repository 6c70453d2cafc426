#ifndef JOBWARDEN_VERIFIER_BUNDLE_BLAKE2B_H_
#define JOBWARDEN_VERIFIER_BUNDLE_BLAKE2B_H_

#include <string>
#include <string_view>

namespace jobwarden {

/// BLAKE2b of the bytes with a digest of 64 bytes (RFC 7693).
std::string Blake2b512(std::string_view bytes);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BUNDLE_BLAKE2B_H_
