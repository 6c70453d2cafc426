#ifndef JOBWARDEN_VERIFIER_FETCH_ID_TOKEN_REQUEST_H_
#define JOBWARDEN_VERIFIER_FETCH_ID_TOKEN_REQUEST_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/fetch/url.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

inline constexpr std::size_t kMaxRequestUrlBytes = 2048;
inline constexpr std::size_t kMaxRequestTokenBytes = 16'384;

/// What a GitHub job requests its id_tokens with. The token and the URL's query are secrets.
struct IdTokenRequest {
  Url url;
  Secret token;
};

/// Reads the two lines `URL` and `TOKEN`. Each ends with a newline and nothing follows, so that an
/// input that was cut off is refused. The URL is https, or http to this machine. CONFIG_INVALID, in
/// words that show nothing of the input.
Result<IdTokenRequest> ParseIdTokenRequest(std::string_view input);

/// From both values. The same rules, and CONFIG_INVALID.
Result<IdTokenRequest> MakeIdTokenRequest(std::string_view url, std::string_view token);

/// Adds `audience=…` to the URL's query, percent-encoded (RFC 3986 §2.1); nothing for an empty one.
Url WithAudience(Url url, std::string_view audience);

/// How time passes. Tests have a time of their own.
struct Pace {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::chrono::milliseconds)> sleep;
};
Pace RealPace();

/// How long the tries to get an id_token may take.
struct Patience {
  std::chrono::milliseconds all = std::chrono::seconds(20);  ///< together
  /// For how long another try follows a refusal (4xx), or an answer that holds no token.
  std::chrono::milliseconds refused{0};
};

/// `Patience::refused` in the first step of a job: GitHub refuses id_tokens until it counts the job
/// as running.
inline constexpr std::chrono::seconds kBeginning{10};

/// Asks for an id_token: `GET URL&audience=…`, `Authorization: bearer TOKEN`, answered with
/// `{"value":"…"}`. One try takes `settings.timeout` at most.
///
/// Tries again after 429 and 5xx, and when there is no connection, the connection breaks off or the
/// answer takes too long. The first wait is half a second, each that follows is longer, and seconds
/// in `Retry-After` go before both. Gives up when no whole try fits into what is left of
/// `patience`. Follows no redirect, because the token is for this host alone.
///
/// TOKEN_REQUEST_FAILED, in words that name the host and show nothing of the URL's path and query,
/// the token or an answer's body. REQUIRES: an audience of kMaxAudienceBytes at most; for
/// an empty one the service chooses. SIGPIPE is
/// ignored from then on.
Result<Secret> FetchIdToken(const IdTokenRequest& request, std::string_view audience,
                            const KeySettings& settings, const Patience& patience = {},
                            const Pace& pace = RealPace());

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_ID_TOKEN_REQUEST_H_
