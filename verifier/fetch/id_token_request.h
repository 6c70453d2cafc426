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

/// What a GitHub job may ask for id_tokens with. The URL's query, and the token, are secrets.
struct IdTokenRequest {
  Url url;
  Secret token;
};

/// Reads the two lines `URL` and `TOKEN`, each ended by a newline, with nothing behind them: an
/// input that was cut off is no request. https alone, or http to this machine. CONFIG_INVALID, in
/// words that show nothing of it.
Result<IdTokenRequest> ParseIdTokenRequest(std::string_view input);

/// The same URL with `audience=…` behind its query, percent-encoded (RFC 3986 §2.1).
Url WithAudience(Url url, std::string_view audience);

/// The passing of time; tests have their own.
struct Pace {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::chrono::milliseconds)> sleep;
};
Pace RealPace();

/// How long an id_token is asked for, all tries together.
inline constexpr std::chrono::seconds kIdTokenPatience{20};

/// Asks for an id_token: `GET URL&audience=…`, `Authorization: bearer TOKEN`, answered with
/// `{"value":"…"}`. One try takes `settings.timeout` at the most.
///
/// Tries again after 429 and 5xx, when it is not connected, the connection breaks off or the answer
/// takes too long: after half a second, then ever later, or when `Retry-After` says (in seconds),
/// until `patience` is over. Follows no redirect, for the token is for this host alone.
///
/// TOKEN_REQUEST_FAILED, in words that name the host and show nothing of the URL's path and query,
/// the token or an answer's body. REQUIRES: an audience of 1 to kMaxAudienceBytes. Ignores SIGPIPE
/// from then on.
Result<Secret> FetchIdToken(const IdTokenRequest& request, std::string_view audience,
                            const KeySettings& settings,
                            std::chrono::milliseconds patience = kIdTokenPatience,
                            const Pace& pace = RealPace());

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_ID_TOKEN_REQUEST_H_
