#ifndef JOBWARDEN_VERIFIER_BROKER_HTTP_REQUEST_H_
#define JOBWARDEN_VERIFIER_BROKER_HTTP_REQUEST_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/http/head.h"

namespace jobwarden {

/// What a client asks for.
struct TokenQuery {
  std::string ticket;                   ///< of `Authorization: bearer TICKET`; empty: none
  std::optional<std::string> audience;  ///< decoded; absent or empty: the server's own choice
};

/// A request as far as it has arrived.
struct HttpRequestRead {
  enum class State {
    kIncomplete,  ///< more bytes are needed
    kGood,
    kBad,  ///< `status` and `problem` say why
  };
  State state = State::kIncomplete;
  TokenQuery query;
  int status = 0;
  std::string problem;
};

inline constexpr std::size_t kMaxBodyBytes = 16'384;  ///< of POST; it means nothing

/// Reads a request for an id_token (RFC 9112): GET, or POST with a length. `bytes` is all that has
/// arrived on the connection. Takes the spellings that clients have: `&audience=` and `?audience=`,
/// names in any case, `+` and percent-encoding, the target with or without scheme and host. Two
/// audiences that differ are refused. Lines may end with a newline alone.
HttpRequestRead ReadTokenQuery(std::string_view bytes);

/// An answer as it is sent: status line, fields, a JSON body. The connection ends with it.
std::string FormatHttpAnswer(int status, std::string_view body);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_HTTP_REQUEST_H_
