#ifndef JOBWARDEN_HOOKS_GITHUB_TOKEN_BROKER_H_
#define JOBWARDEN_HOOKS_GITHUB_TOKEN_BROKER_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/broker/order.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// The program `jobwarden token broker` from beside this one. It starts before the job is decided
/// about, while the hook waits for GitHub, and serves once it has its order. It has none of the
/// job's environment, so that the runner does not end it with the job's processes.
class TokenBroker {
 public:
  static Result<TokenBroker> Start(const Config& config, const Environment& environment);
  TokenBroker(TokenBroker&& other) noexcept;
  TokenBroker& operator=(TokenBroker&&) = delete;
  /// Ends a broker that Keep was not called for.
  ~TokenBroker();

  /// Gives the order, and returns when guards can reach the broker. DRIVER_FAILED.
  Status Serve(const BrokerOrder& order);
  /// Lets it outlive this process.
  void Keep() { pid_ = 0; }

 private:
  TokenBroker(pid_t pid, Fd channel) : pid_(pid), channel_(std::move(channel)) {}

  pid_t pid_;
  Fd channel_;
};

/// What the steps of a job asked of its broker.
struct BrokerNews {
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
};

/// Tells the broker at this socket that the job is over. Nothing where no broker was. DRIVER_FAILED
/// when there was one and it has ended already.
Result<BrokerNews> EndTokenBroker(const std::string& socket);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_TOKEN_BROKER_H_
