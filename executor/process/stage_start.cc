#include "executor/process/stage_start.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

void CloseOthersAtExec() {
  constexpr int kFirst = STDERR_FILENO + 1;
  if (close_range(kFirst, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  // A kernel before 5.11, or seccomp rules of an old container service.
  constexpr rlim_t kMost = 65'536;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = kMost;
  const int end = static_cast<int>(std::min(limit.rlim_cur, kMost));
  for (int fd = kFirst; fd < end; ++fd) (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

}  // namespace

Finding CannotStart(const std::string& program, int error) {
  Finding finding{Code::kDriverFailed,
                  fmt::format("cannot start {}: {}", Quote(program), ErrorText(error))};
  if (error == ENOENT) {
    finding.hint =
        "see that the interpreter in its first line is there, and ends with \\n, not \\r\\n";
  } else if (error == ENOEXEC) {
    finding.hint = "a script begins with its interpreter, for example #!/bin/bash";
  } else if (error == EACCES) {
    finding.hint = "this user must be able to run it, and the interpreter in its first line";
  } else if (error == E2BIG) {
    finding.hint = "the job's variables are larger than the system hands to a program";
  }
  return finding;
}

int ExecStage(const StageStart& start) {
  if (!start.keeps_group && setsid() < 0) return errno;
  for (int to = 0; to < 3; ++to) {
    if (dup2(start.standard[static_cast<std::size_t>(to)], to) < 0) return errno;
  }
  // What we opened closes itself at exec; this is for what we were started with.
  CloseOthersAtExec();
  for (const int each : start.sandbox) {
    if (each >= 0 && fcntl(each, F_SETFD, 0) != 0) return errno;
  }
  for (int signal_number = 1; signal_number < NSIG; ++signal_number) {
    (void)signal(signal_number, SIG_DFL);  // the few that cannot be changed say so, and are not
  }
  sigset_t none;
  sigemptyset(&none);
  if (sigprocmask(SIG_SETMASK, &none, nullptr) != 0) return errno;
  umask(start.limits.umask);
  if (setrlimit(RLIMIT_CORE, &start.limits.core) != 0) return errno;
  if (start.user != nullptr) {
    if (const int error = AssumeIdentity(*start.user); error != 0) return error;
    // One call kills all that the user may kill but this process, and no fork escapes it. None of
    // them runs a line of its own again, so there is nothing to wait for.
    if (start.alone) kill(-1, SIGKILL);
  }
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
  if (getppid() != start.parent) return ECANCELED;
  if (chdir(start.folder) != 0) return errno;
  execve(start.arguments[0], start.arguments.data(), start.environment.data());
  return errno;
}

}  // namespace jobwarden
