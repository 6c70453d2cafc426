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

/// What a job with `permissions: id-token: write` asks for id_tokens with.
inline constexpr std::string_view kRequestUrl = kRequestVariables[0];
inline constexpr std::string_view kRequestToken = kRequestVariables[1];

/// Whether the job may request id_tokens at all.
bool MayRequestIdTokens(const Environment& environment);

/// The issuer whose tokens this job gets: the first of GitHub's whose server_url is
/// GITHUB_SERVER_URL; where only one of GitHub is configured, that one, for its url in the token
/// decides. CONFIG_INVALID where there is none.
Result<Issuer> IssuerOfJob(const Config& config, const Environment& environment);

/// `audience/NONCE` with a nonce of 128 random bits in hex: no token that was minted before has it.
std::string FreshAudience(std::string_view audience);

/// Requests an id_token for exactly this audience by `jobwarden token request`, beside this
/// program, which reads the request's URL and token on its standard input and gets nothing of the
/// environment but the proxy settings. Retries are its own, 20 s in all. What comes back has the
/// characters of a token, so it is one line; nothing about it is verified.
///
/// TOKEN_REQUEST_FAILED, with what became of the request, when it cannot be had; trying again may
/// help.
Result<Secret> RequestIdToken(const Config& config, const Issuer& issuer, std::string_view audience,
                              const Environment& environment);

/// The issuer that the token names, where it is another of the same server's that is configured (an
/// enterprise's slug beside none), else `asked`. Nothing of the token is verified yet.
Issuer IssuerOfToken(const Config& config, const Issuer& asked, const Secret& token);

/// The configuration with this issuer alone, who expects exactly this audience.
Config ForOneToken(const Config& config, const Issuer& issuer, std::string audience);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_ID_TOKEN_H_
