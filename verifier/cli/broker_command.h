#ifndef JOBWARDEN_VERIFIER_CLI_BROKER_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_BROKER_COMMAND_H_

#include <string>

namespace jobwarden {

/// `jobwarden token broker`: started by the job-started hook, with one socket as standard input and
/// output. Reads the order (see BrokerOrder), answers kBrokerReady, or in one line why not, and
/// then serves the steps of the job until the job is over. An input that ends without an order is a
/// job that may not run. Exit code 0; 2 usage or configuration; 3 when it cannot serve.
int RunTokenBroker(const std::string& config_path);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_BROKER_COMMAND_H_
