#ifndef JOBWARDEN_VERIFIER_SERVICE_SERVE_CHECK_H_
#define JOBWARDEN_VERIFIER_SERVICE_SERVE_CHECK_H_

#include "verifier/base/finding.h"
#include "verifier/config/config.h"
#include "verifier/config/places.h"

namespace jobwarden {

/// Checks what `[serve]` names on this machine, for the user who asks: the user whom the service
/// runs as should be the one. Checked are: the certificate, its end, its key and the clients'
/// authorities; the API keys; users; addresses, and the mode of Unix sockets. Nothing is opened to
/// listen at. Returns all problems, each with the place of its setting, and warnings among them.
Findings CheckServe(const Config& config, const SettingPlaces& places);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_SERVE_CHECK_H_
