#include "verifier/admission/choose_issuer.h"

#include <algorithm>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/exposure/inventory.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {

Result<const Issuer*> IssuerNamed(const Config& config, const std::string& name) {
  const auto named = std::find_if(config.issuers.begin(), config.issuers.end(),
                                  [&](const Issuer& issuer) { return issuer.name == name; });
  if (named != config.issuers.end()) return &*named;
  return Finding{Code::kConfigInvalid, "no issuer has the name " + Quote(name),
                 "configured in " + config.path};
}

Result<const Issuer*> IssuerFor(const Config& config, const std::string& name,
                                std::string_view token) {
  if (!name.empty()) return IssuerNamed(config, name);
  if (config.issuers.size() == 1) return &config.issuers.front();
  const auto iss = PeekIssuer(token);
  std::vector<const Issuer*> candidates;
  for (const Issuer& issuer : config.issuers) {
    if (iss && issuer.url == *iss) candidates.push_back(&issuer);
  }
  if (candidates.size() > 1) {
    for (const std::string& audience : UnverifiedAudiences(token)) {
      for (const Issuer* issuer : candidates) {
        if (issuer->Expects(audience)) return issuer;
      }
    }
  }
  if (!candidates.empty()) return candidates.front();
  return Finding{Code::kIssuerMismatch,
                 "issuer: expected one of those configured, got " + (iss ? Quote(*iss) : "none"),
                 "name one to see all faults of the token"};
}

}  // namespace jobwarden
