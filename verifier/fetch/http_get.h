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
  std::string body;    ///< only of status 200: other bodies are not read
  std::string coding;  ///< that the body is said to be in, such as `gzip`; empty for none
  std::string etag;
  std::string cache_control;
  std::string age;
  std::string date;  ///< of any status: the server's clock (RFC 9110 §6.6.1)
  std::string location;
  std::string retry_after;
};

/// A request with GET.
struct HttpRequest {
  Url url;
  std::vector<std::pair<std::string, std::string>> headers =
      {};  ///< besides those that every request has
  std::size_t max_answer_bytes = kMaxAnswerBytes;
  bool any_coding = false;  ///< a body in a coding is handed on as it is, not refused
};

/// How one request went.
struct HttpTry {
  enum class End {
    kAnswered,  ///< whatever the status is
    kTimedOut,  ///< no whole answer before the deadline
    kBroken,    ///< no connection, or one that broke off: another try may do better
    kRefused,   ///< by this program or a proxy, for example the host's certificate: another try
                ///< would not do better
  };
  End end = End::kRefused;
  HttpAnswer answer;    ///< when it was answered
  std::string problem;  ///< when it broke off or was refused, in words without the URL
  std::string hint;
};

/// Makes one request, on a connection of its own, and follows no redirect. Interim answers (1xx)
/// are passed over. Refuses an answer with more than 1000 header fields, or one of more than 8192
/// bytes, and a body in a coding that has to be undone, unless `any_coding` permits it. Of
/// `settings` it uses `ca_file` and `proxy`.
HttpTry TryHttpGet(const HttpRequest& request, const KeySettings& settings, Deadline deadline);

/// Gets what is at the request's URL now, whatever a cache on the way has. Follows three redirects
/// at most, to the same scheme, host and port, all within the deadline. `code`, in a message that
/// begins with the URL, for a body that is over the request's limit or breaks off, and for every
/// answer but 200. Where `etag` is not empty 304 is good too: the body is still the one that came
/// with it.
Result<HttpAnswer> HttpGet(HttpRequest request, const KeySettings& settings,
                           const std::string& etag, Deadline deadline,
                           Code code = Code::kKeysUnavailable);

/// An ETag that can be sent back as it is; empty for any other.
std::string ReusableEtag(const std::string& etag);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_HTTP_GET_H_
