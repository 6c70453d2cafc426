#ifndef JOBWARDEN_VERIFIER_DOCTOR_REACH_H_
#define JOBWARDEN_VERIFIER_DOCTOR_REACH_H_

#include "verifier/doctor/check.h"

namespace jobwarden {

/// Whether a connection to the endpoint is made within three seconds. Nothing is sent. Proxies are
/// not tried.
bool CanReach(const Endpoint& endpoint);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_REACH_H_
