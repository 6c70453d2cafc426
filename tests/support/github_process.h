#ifndef JOBWARDEN_TESTS_SUPPORT_GITHUB_PROCESS_H_
#define JOBWARDEN_TESTS_SUPPORT_GITHUB_PROCESS_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/support/child.h"

namespace jobwarden::testing {

/// A program that the worker starts as its own child: the step's, or a hook.
struct StepProcess {
  std::vector<std::string> command;  ///< the program's path first
  Environment environment;
  std::string folder;
  std::string input;
  std::function<void(const std::string& line)> on_line;  ///< of both its outputs
  std::function<bool()> is_cancelled;                    ///< asked now and then
};

/// Runs it to its end, and gives its exit status, 128 + N when signal N ended it. What is
/// cancelled gets SIGINT, half a second later SIGTERM, and after another half SIGKILL; the
/// processes below it get no signal. A process that it leaves behind does not hold the worker up.
int RunStepProcess(const StepProcess& process);

/// The first program of this name in `path` (folders with `:` between); empty when there is none.
std::string FindProgram(const std::string& name, const std::string& path);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_GITHUB_PROCESS_H_
