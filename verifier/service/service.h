#ifndef JOBWARDEN_VERIFIER_SERVICE_SERVICE_H_
#define JOBWARDEN_VERIFIER_SERVICE_SERVICE_H_

#include <functional>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// What the command line says beside the configuration.
struct ServiceOptions {
  std::vector<std::string> listen;  ///< instead of serve.listen; empty: as configured
  bool insecure_listen = false;
};

/// Loads the configuration anew.
using LoadAgain = std::function<Result<Config>()>;

/// Serves until SIGTERM or SIGINT: then it answers what has begun, for 30 s at most. SIGHUP reloads
/// configuration, certificate and API keys; what cannot be used is told, and the old stays.
/// Listening places, workers and limits are those of the start.
///
/// Sockets that systemd opened are used instead of `listen`. A TCP socket that other machines reach
/// needs TLS or `insecure_listen`. Findings say why the service could not start: CONFIG_INVALID,
/// STATE_UNWRITABLE. Lines for people and the access log go to standard error.
Status RunService(Config config, const ServiceOptions& options, const LoadAgain& load);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_SERVICE_H_
