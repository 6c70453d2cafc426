#include "tests/e2e/killed_program.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace jobwarden::testing {

pid_t Start(const ChildOptions& call, bool traced) {
  std::vector<std::string> words = call.command;
  std::vector<std::string> variables;
  for (const auto& [name, value] : call.environment) {
    variables.push_back(name);
    variables.back().append("=").append(value);
  }
  // LeakSanitizer would end the program, because it cannot work where somebody traces it.
  if (traced) variables.emplace_back("ASAN_OPTIONS=detect_leaks=0");
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
      SYS_renameat2, SYS_fchmod, SYS_unlinkat, SYS_mkdirat,  SYS_symlinkat, SYS_fchmodat,
      SYS_renameat,
#ifdef SYS_rename
      SYS_rename,    SYS_mkdir,  SYS_symlink,  SYS_unlink,   SYS_rmdir,     SYS_chmod,
#endif
  };
  return std::find(std::begin(kCalls), std::end(kCalls), static_cast<long>(call)) !=
         std::end(kCalls);
}

// Makes the system call that the program is about to make another one, which does not exist.
void Skip(pid_t pid) {
#if defined(__x86_64__)
  user_regs_struct registers{};
  ptrace(PTRACE_GETREGS, pid, nullptr, &registers);
  registers.orig_rax = ~0ULL;
  ptrace(PTRACE_SETREGS, pid, nullptr, &registers);
#elif defined(__aarch64__)
  int none = -1;
  iovec place{&none, sizeof none};
  ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &place);
#endif
}

// What the system call that the program has just made returns to it.
void SetResult(pid_t pid, std::int64_t result) {
  user_regs_struct registers{};
  iovec place{&registers, sizeof registers};
  ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &place);
#if defined(__x86_64__)
  registers.rax = static_cast<unsigned long long>(result);
#elif defined(__aarch64__)
  registers.regs[0] = static_cast<unsigned long long>(result);
#endif
  ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &place);
}

enum class Fate { kMade, kFull, kKilled };

constexpr int kWasKilled = -1;

// Runs a program. Before each system call that touches files, `choose` decides what becomes of the
// call. Unless `locked`, the first one that counts is the program's first lock. Returns the exit
// code.
int Trace(const ChildOptions& call, bool locked, const std::function<Fate()>& choose,
          const std::function<void(const SystemCall&)>& made) {
  const pid_t pid = Start(call, true);
  int status = 0;
  waitpid(pid, &status, 0);
  if (!WIFSTOPPED(status)) throw std::runtime_error("cannot trace " + call.command.front());
  ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  int signal = 0;
  SystemCall now;
  std::optional<Fate> fate;  // of `now`, if it counts
  for (;;) {
    ptrace(PTRACE_SYSCALL, pid, nullptr, signal);
    signal = 0;
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) return WEXITSTATUS(status);
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
      if (WSTOPSIG(status) != SIGTRAP) signal = WSTOPSIG(status);
      continue;
    }
    __ptrace_syscall_info info{};
    ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
      now = {pid, static_cast<long>(info.entry.nr), {}};
      std::copy(std::begin(info.entry.args), std::end(info.entry.args), now.arguments.begin());
      locked = locked || now.number == SYS_flock;
      if (!locked || !TouchesFiles(info.entry.nr)) continue;
      fate = choose();
      if (fate == Fate::kFull) Skip(pid);
      if (fate == Fate::kKilled) {
        End(pid);
        return kWasKilled;
      }
    } else if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
      if (fate == Fate::kFull) SetResult(pid, -ENOSPC);
      if (fate == Fate::kMade && info.exit.rval >= 0) made(now);
      fate.reset();
    }
  }
}

}  // namespace

std::string SystemCall::Bytes(int argument, std::size_t size) const {
  std::string bytes(size, '\0');
  iovec here{bytes.data(), size};
  iovec there{reinterpret_cast<void*>(arguments.at(static_cast<std::size_t>(argument))), size};
  const ssize_t got = process_vm_readv(pid, &here, 1, &there, 1, 0);
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

std::string SystemCall::Path(int argument) const {
  // A read of more bytes than the program's memory has there gets none.
  for (std::size_t size = PATH_MAX; size > 0; size /= 2) {
    const std::string bytes = Bytes(argument, size);
    if (const auto end = bytes.find('\0'); end != bytes.npos) return bytes.substr(0, end);
  }
  return "";
}

std::string SystemCall::PathOfOpen(int argument) const {
  const auto fd = static_cast<int>(arguments.at(static_cast<std::size_t>(argument)));
  const std::string link = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(fd);
  std::error_code error;
  return std::filesystem::read_symlink(link, error).string();
}

bool KilledAt(const ChildOptions& call, int number) {
  int count = 0;
  const auto choose = [&] { return ++count == number ? Fate::kKilled : Fate::kMade; };
  return Trace(call, false, choose, [](const SystemCall&) {}) == kWasKilled;
}

int ExitCodeIfFullAt(const ChildOptions& call, int number) {
  int count = 0;
  const auto choose = [&] { return ++count == number ? Fate::kFull : Fate::kMade; };
  const int exit_code = Trace(call, false, choose, [](const SystemCall&) {});
  return count < number ? -1 : exit_code;
}

int Watch(const ChildOptions& call, const std::function<void(const SystemCall&)>& made) {
  return Trace(
      call, true, [] { return Fate::kMade; }, made);
}

}  // namespace jobwarden::testing
