#ifndef JOBWARDEN_VERIFIER_CLI_POLICY_OPTIONS_H_
#define JOBWARDEN_VERIFIER_CLI_POLICY_OPTIONS_H_

#include <string>

#include "verifier/cli/options.h"

namespace CLI {
class App;
}  // namespace CLI

namespace jobwarden {

/// Adds the options that say where a token is read from.
void AddTokenSources(CLI::App& group, TokenOptions& token);

/// Words of `jobwarden policy` that become values when all of the command line is read.
struct PolicyWords {
  std::string format = "text";
  std::string provider;
};

/// Adds `jobwarden policy` and its commands.
void AddPolicy(CLI::App& app, Options& options, PolicyWords& words);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_POLICY_OPTIONS_H_
