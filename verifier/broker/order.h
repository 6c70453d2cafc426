#ifndef JOBWARDEN_VERIFIER_BROKER_ORDER_H_
#define JOBWARDEN_VERIFIER_BROKER_ORDER_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/provider/job.h"

namespace jobwarden {

/// What the job-started hook tells the token broker about its job, on the broker's standard input.
struct BrokerOrder {
  Secret url;                 ///< ACTIONS_ID_TOKEN_REQUEST_URL
  Secret token;               ///< ACTIONS_ID_TOKEN_REQUEST_TOKEN
  std::string issuer;         ///< the configured issuer's name
  std::string decision_id;    ///< of the decision about the job; its steps' audit lines have it
  std::string rule;           ///< the allow rule that decided; its audiences are permitted
  std::string policy_sha256;  ///< of the configuration that decided
  std::string socket;         ///< the path at which step guards reach the broker
  pid_t worker = 0;           ///< the broker ends when this process does
  std::uint64_t worker_started = 0;  ///< see ProcessStat::started
  Job job;                           ///< of GitHub; what its tokens are bound to
};

inline constexpr std::size_t kMaxOrderBytes = 65'536;

/// The order as one line of JSON, with its newline.
Secret FormatBrokerOrder(const BrokerOrder& order);

/// Reads that line, without its newline; strict. CONFIG_INVALID in words that show nothing of it.
Result<BrokerOrder> ParseBrokerOrder(std::string_view line);

/// What the broker answers when its sockets are open. Any other line says why they are not.
inline constexpr std::string_view kBrokerReady = "ready";

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_ORDER_H_
