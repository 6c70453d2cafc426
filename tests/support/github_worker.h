#ifndef JOBWARDEN_TESTS_SUPPORT_GITHUB_WORKER_H_
#define JOBWARDEN_TESTS_SUPPORT_GITHUB_WORKER_H_

#include <string>

namespace jobwarden::testing {

/// What `Runner.Worker` ends with. With any other status it died.
inline constexpr int kWorkerSucceeded = 100;
inline constexpr int kWorkerFailed = 102;
inline constexpr int kWorkerCancelled = 103;  ///< never here: its job was cancelled by somebody

/// Plays the job of the message (as Message() makes it) in the runner that this program lies in.
/// What the server is to receive goes to standard output, one JSON object a line, every
/// `log_interval` milliseconds: `{"event":"step"|"live"|"log"|"annotation"|"summary"|"outputs"|
/// "container"|"end", …}`. SIGINT and SIGTERM are the runner's shutdown.
int PlayMessage(const std::string& message, int log_interval);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_GITHUB_WORKER_H_
