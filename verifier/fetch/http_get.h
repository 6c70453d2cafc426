#ifndef JOBWARDEN_VERIFIER_FETCH_HTTP_GET_H_
#define JOBWARDEN_VERIFIER_FETCH_HTTP_GET_H_

#include <cstddef>
#include <string>

#include "verifier/base/result.h"
#include "verifier/fetch/connection.h"
#include "verifier/fetch/url.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

inline constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 20;

struct HttpAnswer {
  bool not_modified = false;  ///< the body is the one that `etag` was given with
  std::string body;
  std::string etag;
  std::string cache_control;
  std::string age;
};

/// Gets `url`, all within the deadline. Follows three redirects at most, to the same scheme, host
/// and port. KEYS_UNAVAILABLE for every other answer than 200 (and 304, when `etag` is not empty),
/// for a body over kMaxAnswerBytes or one that breaks off; the message begins with the URL.
Result<HttpAnswer> HttpGet(const Url& url, const KeySettings& settings, const std::string& etag,
                           Deadline deadline);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_HTTP_GET_H_
