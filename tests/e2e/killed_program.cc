#include "tests/e2e/killed_program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace jobwarden::testing {

pid_t Start(const ChildOptions& call, bool traced) {
  std::vector<std::string> words = call.command;
  std::vector<std::string> variables;
  for (const auto& [name, value] : call.environment) {
    variables.push_back(name);
    variables.back().append("=").append(value);
  }
  std::vector<char*> arguments;
  std::vector<char*> environment;
  for (std::string& word : words) arguments.push_back(word.data());
  for (std::string& variable : variables) environment.push_back(variable.data());
  arguments.push_back(nullptr);
  environment.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  setpgid(0, 0);
  const int null = open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) dup2(null, fd);
  if (traced) ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  execve(arguments[0], arguments.data(), environment.data());
  _exit(127);
}

void End(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

namespace {

bool TouchesFiles(std::uint64_t call) {
  constexpr long kCalls[] = {
      SYS_flock,     SYS_openat, SYS_write,    SYS_pwrite64, SYS_ftruncate, SYS_fsync,
      SYS_renameat2, SYS_fchmod, SYS_unlinkat, SYS_mkdirat,  SYS_symlinkat,
#ifdef SYS_rename
      SYS_rename,    SYS_mkdir,  SYS_symlink,  SYS_unlink,   SYS_rmdir,
#endif
  };
  return std::find(std::begin(kCalls), std::end(kCalls), static_cast<long>(call)) !=
         std::end(kCalls);
}

}  // namespace

bool KilledAt(const ChildOptions& call, int number) {
  const pid_t pid = Start(call, true);
  int status = 0;
  waitpid(pid, &status, 0);
  if (!WIFSTOPPED(status)) throw std::runtime_error("cannot trace " + call.command.front());
  ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  int signal = 0;
  int count = 0;
  for (;;) {
    ptrace(PTRACE_SYSCALL, pid, nullptr, signal);
    signal = 0;
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) return false;
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
      if (WSTOPSIG(status) != SIGTRAP) signal = WSTOPSIG(status);
      continue;
    }
    __ptrace_syscall_info info{};
    ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) continue;
    if (count == 0 && info.entry.nr != SYS_flock) continue;
    if (!TouchesFiles(info.entry.nr) || ++count < number) continue;
    End(pid);
    return true;
  }
}

}  // namespace jobwarden::testing
