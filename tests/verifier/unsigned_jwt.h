#ifndef JOBWARDEN_TESTS_VERIFIER_UNSIGNED_JWT_H_
#define JOBWARDEN_TESTS_VERIFIER_UNSIGNED_JWT_H_

#include <string>
#include <string_view>

#include "tests/support/base64url.h"

namespace jobwarden::testing {

/// What looks like a JWT; nobody signed it.
inline std::string Jwt(std::string_view payload, std::string_view signature = "signature",
                       std::string_view header = R"({"alg":"RS256","kid":"k"})") {
  return Base64Url(header) + "." + Base64Url(payload) + "." + Base64Url(signature);
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_UNSIGNED_JWT_H_
