#ifndef JOBWARDEN_TESTS_SUPPORT_CHILD_H_
#define JOBWARDEN_TESTS_SUPPORT_CHILD_H_

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace jobwarden::testing {

using Environment = std::map<std::string, std::string>;

struct ChildOptions {
  std::vector<std::string> command;  ///< the program's path first
  Environment environment;           ///< the whole of it
  std::string folder = "/";
  std::string input;  ///< its standard input; empty: /dev/null

  /// Once this stands in the output, SIGTERM goes to the child's process group, and SIGKILL when it
  /// has not ended after `grace`. Empty: never.
  std::string interrupt_at;
  std::chrono::milliseconds grace{10'000};
  /// After this the process group is killed, and the result says so.
  std::chrono::milliseconds limit{60'000};
  /// Called with all output so far each time there is more.
  std::function<void(pid_t child, const std::string& log)> on_output;
};

struct ChildResult {
  int exit_code = 0;  ///< 128 + N when signal N ended it
  std::string out;
  std::string err;
  std::string log;  ///< both, in the order in which they came
  bool interrupted = false;
  bool hung = false;  ///< not over within the limit
};

/// Runs a program in a process group of its own. It is over when it has ended *and* nobody holds
/// its output any more.
ChildResult RunChild(const ChildOptions& options);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_CHILD_H_
