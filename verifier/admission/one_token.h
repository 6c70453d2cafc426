#ifndef JOBWARDEN_VERIFIER_ADMISSION_ONE_TOKEN_H_
#define JOBWARDEN_VERIFIER_ADMISSION_ONE_TOKEN_H_

#include <string>

#include "verifier/base/secret.h"
#include "verifier/config/config.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

// A token that was just requested, and has to be verified for exactly what was asked.

/// The issuer that the token names, if another issuer of the same server is configured for it (one
/// with an enterprise's slug, and one without). Else `asked`. Nothing of the token is verified yet.
Issuer IssuerOfToken(const Config& config, const Issuer& asked, const Secret& token);

/// The configuration with only this issuer, which expects exactly this audience.
Config ForOneToken(const Config& config, const Issuer& issuer, std::string audience);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_ONE_TOKEN_H_
