#ifndef JOBWARDEN_TESTS_E2E_KILLED_PROGRAM_H_
#define JOBWARDEN_TESTS_E2E_KILLED_PROGRAM_H_

#include <sys/types.h>

#include "tests/support/child.h"

namespace jobwarden::testing {

/// Starts a program that says nothing, in a process group of its own.
pid_t Start(const ChildOptions& call, bool traced);

/// Kills it, and waits for its end.
void End(pid_t pid);

/// Runs a program and kills it before the system call of this number, counted from its first lock
/// on, among those that touch files. False when it ended before that.
bool KilledAt(const ChildOptions& call, int number);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_KILLED_PROGRAM_H_
