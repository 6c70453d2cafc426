#ifndef JOBWARDEN_TESTS_VERIFIER_OS_SUPPORT_H_
#define JOBWARDEN_TESTS_VERIFIER_OS_SUPPORT_H_

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <functional>
#include <string>

#include "tests/support/temp_folder.h"
#include "verifier/os/file.h"

namespace jobwarden::testing {

inline constexpr Code kAnyCode = Code::kStateUnwritable;

/// What a status or result was refused for, `MESSAGE | HINT`; "fine" when it was not.
template <class T>
std::string Refusal(const Result<T>& result) {
  if (result) return "fine";
  const Finding& finding = result.findings().front();
  BOOST_TEST(CodeName(finding.code) == CodeName(kAnyCode));
  return finding.hint.empty() ? finding.message : finding.message + " | " + finding.hint;
}

/// Runs `body` in a process of its own, which may change its limits, users and mounts; whether it
/// gave an empty text. A text says what went wrong, and comes out on stderr.
inline bool InChild(const std::function<std::string()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    const std::string problem = body();
    if (!problem.empty()) {
      const std::string line = problem + "\n";
      (void)!write(STDERR_FILENO, line.data(), line.size());
    }
    _exit(problem.empty() ? 0 : 1);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_OS_SUPPORT_H_
