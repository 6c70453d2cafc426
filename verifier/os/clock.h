#ifndef JOBWARDEN_VERIFIER_OS_CLOCK_H_
#define JOBWARDEN_VERIFIER_OS_CLOCK_H_

#include <chrono>

namespace jobwarden {

/// The time of day of the system, in whole seconds.
std::chrono::sys_seconds SystemNow();

/// Lets that much time pass.
void SleepFor(std::chrono::seconds time);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_CLOCK_H_
