#ifndef JOBWARDEN_VERIFIER_BROKER_ASKER_H_
#define JOBWARDEN_VERIFIER_BROKER_ASKER_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "verifier/broker/socket_owner.h"
#include "verifier/broker/step_table.h"

namespace jobwarden {

/// The process that asks for an id_token.
struct Asker {
  enum class Place {
    kInStep,     ///< it, or root for it, is below the step that the ticket was given to
    kLeftStep,   ///< it was started with the ticket, and its parents have ended since
    kOtherStep,  ///< it is below another step
    kOtherUser,
    kElsewhere,  ///< nothing ties it to the step
  };
  Place place = Place::kElsewhere;
  uid_t user = 0;
  pid_t pid = 0;  ///< 0: not found, because this user may not look into it
  /// Its program, then those of its ancestors up to the step's own, 8 at most.
  std::vector<std::string> programs;
};

/// Finds out by sock_diag and /proc who holds the client's end of the connection. Root's processes
/// cannot be looked into, and may do everything: they count as the step's.
Asker FindAsker(const LoopbackClient& client, const StepProcess& step,
                const std::vector<StepProcess>& others, std::string_view ticket);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_ASKER_H_
