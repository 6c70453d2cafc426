#ifndef JOBWARDEN_VERIFIER_BROKER_BROKER_H_
#define JOBWARDEN_VERIFIER_BROKER_BROKER_H_

#include <functional>

#include "verifier/base/result.h"
#include "verifier/broker/order.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// Serves the steps of one job with tickets and id_tokens, until the worker of the order has ended,
/// or the job-completed hook says so. Calls `ready` when the sockets are open. REQUIRES: `config`
/// lives until the process ends, because threads may outlast this function.
Status RunBroker(const Config& config, BrokerOrder order, const std::function<void()>& ready);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_BROKER_H_
