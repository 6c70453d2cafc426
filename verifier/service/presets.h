#ifndef JOBWARDEN_VERIFIER_SERVICE_PRESETS_H_
#define JOBWARDEN_VERIFIER_SERVICE_PRESETS_H_

#include <string_view>

#include "verifier/config/config.h"
#include "verifier/http/answer.h"

namespace jobwarden {

/// `GET /v1/presets/{provider}`: what a policy for tokens of this provider looks like. Where
/// issuers of the provider are configured, `issuer` is the first one's, and `notes` name all. 404
/// with the list of known providers for another name.
HttpResponse PresetFor(const Config& config, std::string_view provider);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_PRESETS_H_
