#ifndef JOBWARDEN_HOOKS_GITHUB_ID_TOKEN_H_
#define JOBWARDEN_HOOKS_GITHUB_ID_TOKEN_H_

#include <string>
#include <string_view>

#include "hooks/step/words.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

/// The variables with which a job that has `permissions: id-token: write` requests id_tokens.
inline constexpr std::string_view kRequestUrl = kRequestVariables[0];
inline constexpr std::string_view kRequestToken = kRequestVariables[1];

/// Whether the job may request id_tokens.
bool MayRequestIdTokens(const Environment& environment);

/// The issuer whose tokens this job gets: the first GitHub issuer with the server_url
/// GITHUB_SERVER_URL. If only one GitHub issuer is configured, that one, because the url in the
/// token decides in the end. CONFIG_INVALID when there is no such issuer.
Result<Issuer> IssuerOfJob(const Config& config, const Environment& environment);

/// `audience/NONCE` with a nonce of 128 random bits in hex. No token that was minted before has
/// this audience.
std::string FreshAudience(std::string_view audience);

/// GitHub gives no id_token to a job before it counts the job as running.
enum class JobAge { kBegins, kRuns };

/// Requests an id_token for exactly this audience. It runs `jobwarden token request`, the program
/// beside this one, which reads the request's URL and token from its standard input and gets only
/// the proxy settings of the environment. That program tries again by itself, for 20 s at most;
/// `kBegins` also after a refusal, for 10 s. The result has the characters of a token, so it is one
/// line; nothing else is verified.
///
/// TOKEN_REQUEST_FAILED, with the reason, when no token comes; trying again may help.
Result<Secret> RequestIdToken(const Config& config, const Issuer& issuer, std::string_view audience,
                              const Environment& environment, JobAge age);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_ID_TOKEN_H_
