#include "verifier/cli/choose_issuer.h"

#include <algorithm>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"

namespace jobwarden {

Result<const Issuer*> IssuerNamed(const Config& config, const std::string& name) {
  const auto named = std::find_if(config.issuers.begin(), config.issuers.end(),
                                  [&](const Issuer& issuer) { return issuer.name == name; });
  if (named != config.issuers.end()) return &*named;
  return Finding{Code::kConfigInvalid, "no issuer has the name " + Quote(name),
                 "configured in " + config.path};
}

}  // namespace jobwarden
