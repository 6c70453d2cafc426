#include "verifier/admission/one_token.h"

#include <utility>

#include "verifier/token/compact_token.h"

namespace jobwarden {

Issuer IssuerOfToken(const Config& config, const Issuer& asked, const Secret& token) {
  const auto url = PeekIssuer(token.view());
  for (const Issuer& issuer : config.issuers) {
    const bool same_server =
        issuer.provider == Provider::kGitHub && issuer.server_url == asked.server_url;
    if (same_server && url == issuer.url && url != asked.url) return issuer;
  }
  return asked;
}

Config ForOneToken(const Config& config, const Issuer& issuer, std::string audience) {
  Config one = config;
  one.issuers = {issuer};
  one.issuers.front().audiences = {std::move(audience)};
  return one;
}

}  // namespace jobwarden
