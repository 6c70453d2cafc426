#ifndef JOBWARDEN_VERIFIER_EXPOSURE_JWT_SCAN_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_JWT_SCAN_H_

#include <string_view>
#include <vector>

namespace jobwarden {

/// What may be JWTs in a text: three base64url parts with dots between them, the first from an
/// `eyJ` on, which may follow other base64url characters right away. Where several `eyJ` could be
/// the beginning, it is the last from which the first part is a JSON object, else the first of
/// all. Parts are as long as they can be. Takes linear time.
std::vector<std::string_view> FindJwts(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_JWT_SCAN_H_
