#ifndef JOBWARDEN_HOOKS_GUARD_STEP_TICKET_H_
#define JOBWARDEN_HOOKS_GUARD_STEP_TICKET_H_

#include <string>
#include <vector>

#include "hooks/guard/environment_block.h"
#include "hooks/guard/settings.h"
#include "verifier/broker/ticket_request.h"

namespace jobwarden {

/// What became of a step's right to request id_tokens.
struct StepTicket {
  bool broker_is_gone = false;
  /// The other variables that held the bearer token, and are gone.
  std::vector<std::string> others;
};

/// Puts the broker's URL and a ticket of this step in the place of GitHub's URL and bearer token,
/// and takes every other variable out of the environment that holds the bearer token. Without a
/// ticket both variables are gone.
///
/// A proxy for http must not get the broker's requests: where one is set, 127.0.0.1 is added to the
/// exceptions.
StepTicket TakeTicket(const GuardSettings& settings, StepUse use, EnvironmentBlock& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_STEP_TICKET_H_
