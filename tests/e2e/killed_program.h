#ifndef JOBWARDEN_TESTS_E2E_KILLED_PROGRAM_H_
#define JOBWARDEN_TESTS_E2E_KILLED_PROGRAM_H_

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "tests/support/child.h"

namespace jobwarden::testing {

/// Starts a program that says nothing, in a process group of its own.
pid_t Start(const ChildOptions& call, bool traced);

/// Kills it, and waits for its end.
void End(pid_t pid);

/// Runs a program and kills it before the system call of this number, counted from its first lock
/// on, among those that touch files. False when it ended before that.
bool KilledAt(const ChildOptions& call, int number);

/// The same, but the system call fails as on a full disk, and the program goes on. Its exit code;
/// -1 when it ended before that call.
int ExitCodeIfFullAt(const ChildOptions& call, int number);

/// A system call of a program that is stopped in it.
struct SystemCall {
  pid_t pid = 0;
  long number = 0;
  std::array<std::uint64_t, 6> arguments{};

  /// So many bytes of the program's memory, to which an argument points.
  std::string Bytes(int argument, std::size_t size) const;
  /// The path that an argument points to, without the folder that it may be relative to.
  std::string Path(int argument) const;
  /// The path of the open file, or folder, whose descriptor an argument is; empty for none.
  std::string PathOfOpen(int argument) const;
};

/// Runs a program, and calls `made` after each system call that touches files and did not fail.
/// Returns its exit code.
int Watch(const ChildOptions& call, const std::function<void(const SystemCall&)>& made);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_KILLED_PROGRAM_H_
