#ifndef JOBWARDEN_VERIFIER_FETCH_HTTP_GET_H_
#define JOBWARDEN_VERIFIER_FETCH_HTTP_GET_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/fetch/connection.h"
#include "verifier/fetch/url.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

inline constexpr std::size_t kMaxAnswerBytes = std::size_t{1} << 20;

struct HttpAnswer {
  int status = 0;
  std::string body;  ///< of status 200 alone; others' bodies are not read
  std::string etag;
  std::string cache_control;
  std::string age;
  std::string location;
  std::string retry_after;
};

/// What is asked for, with GET.
struct HttpRequest {
  Url url;
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< besides those of each request
  std::size_t max_answer_bytes = kMaxAnswerBytes;
};

/// How one request went.
struct HttpTry {
  enum class End {
    kAnswered,  ///< whatever the status is
    kTimedOut,  ///< no whole answer before the deadline
    kBroken,    ///< no connection, or one that broke off: another try may do better
    kRefused,   ///< by us or the proxy, for example for the host's certificate: another would not
  };
  End end = End::kRefused;
  HttpAnswer answer;    ///< when it was answered
  std::string problem;  ///< when it broke off or was refused, in words without the URL
  std::string hint;
};

/// Makes one request, on a connection of its own, and follows no redirect. Of `settings` it takes
/// `ca_file` and `proxy`.
HttpTry TryHttpGet(const HttpRequest& request, const KeySettings& settings, Deadline deadline);

/// Gets `url`, all within the deadline. Follows three redirects at most, to the same scheme, host
/// and port. KEYS_UNAVAILABLE for every other answer than 200 (and 304, when `etag` is not empty:
/// the body is the one that `etag` was given with), for a body over kMaxAnswerBytes or one that
/// breaks off; the message begins with the URL.
Result<HttpAnswer> HttpGet(const Url& url, const KeySettings& settings, const std::string& etag,
                           Deadline deadline);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_HTTP_GET_H_
