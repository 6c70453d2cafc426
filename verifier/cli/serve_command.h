#ifndef JOBWARDEN_VERIFIER_CLI_SERVE_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_SERVE_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// `jobwarden serve`: answers questions about tokens over HTTP, until SIGTERM. Exit code 0 after
/// that; 2 configuration; 3 if it could not listen.
int RunServe(const std::string& config_path, const ServeOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_SERVE_COMMAND_H_
