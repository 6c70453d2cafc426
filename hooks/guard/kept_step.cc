#include "hooks/guard/kept_step.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// How the credentials come back.
//
// The guard stays, as the parent of the step's shell, and a keeper stays beside it. The keeper
// holds the reading end of a pipe, the guard the writing end, and nobody else has either. However
// the guard ends, the pipe ends too, and the keeper gives the credentials back. On the usual way
// the guard then waits for the keeper, so that the runner does not start its next step before.

namespace jobwarden {
namespace {

constexpr int kLookEvery = 50;  // ms
constexpr int kHandedOn[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

std::string ReadSmall(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  char bytes[4096];
  const ssize_t got = read(fd, bytes, sizeof bytes);
  close(fd);
  return got > 0 ? std::string(bytes, static_cast<std::size_t>(got)) : std::string();
}

// The processes that a process has started and that have not ended. Threads have children of their
// own. Nothing if this kernel does not tell.
bool ChildrenOf(pid_t parent, std::vector<pid_t>& children) {
  const std::string tasks = "/proc/" + std::to_string(parent) + "/task";
  DIR* const stream = opendir(tasks.c_str());
  if (stream == nullptr) return false;
  bool told = false;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread has this stream
  while (const dirent* entry = readdir(stream)) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name.starts_with('.')) continue;
    const std::string path = std::string(tasks).append("/").append(name).append("/children");
    told = told || access(path.c_str(), R_OK) == 0;
    const std::string text = ReadSmall(path);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      const long pid = strtol(text.substr(at, end - at).c_str(), nullptr, 10);
      if (pid > 0) children.push_back(static_cast<pid_t>(pid));
      at = end + 1;
    }
  }
  closedir(stream);
  return told;
}

bool HasOthers(pid_t worker, pid_t step) {
  std::vector<pid_t> children;
  if (!ChildrenOf(worker, children)) return true;
  return std::any_of(children.begin(), children.end(), [&](pid_t child) { return child != step; });
}

// The keeper: waits for the end of the pipe.
[[noreturn]] void Keep(const HeldCredentials& credentials, int pipe, pid_t worker, pid_t step) {
  setsid();
  const int null = open("/dev/null", O_RDWR);
  for (const int fd : {0, 1, 2}) dup2(null, fd);
  // The runner waits until nobody holds the step's output.
  dup2(pipe, 3);
  close_range(4, ~0U, 0);
  bool back = false;
  for (;;) {
    pollfd end = {3, POLLIN, 0};
    const int ready = poll(&end, 1, back ? -1 : kLookEvery);
    if (ready > 0) break;
    if (ready < 0 && errno != EINTR) break;
    if (ready == 0 && HasOthers(worker, step)) {
      credentials.GiveBack();
      back = true;
    }
  }
  _exit(credentials.GiveBack() ? 0 : 1);
}

volatile sig_atomic_t the_child = 0;

void HandOn(int signal) {
  const int error = errno;
  if (the_child > 0) kill(the_child, signal);
  errno = error;
}

int WaitFor(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 1 << 8;
  }
  return status;
}

}  // namespace

bool IsOnlyStep(pid_t worker) {
  return worker != 0 && getppid() == worker && !HasOthers(worker, getpid());
}

int RunWithoutCredentials(const HeldCredentials& credentials, const std::function<int()>& become) {
  const pid_t worker = getppid();
  const pid_t self = getpid();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return become();
  const pid_t keeper = fork();
  if (keeper == 0) {
    close(ends[1]);
    Keep(credentials, ends[0], worker, self);
  }
  close(ends[0]);
  if (keeper < 0) {
    close(ends[1]);
    return become();
  }
  credentials.Take();

  // No signal is lost between the fork and the handlers.
  sigset_t handed_on;
  sigset_t before;
  sigemptyset(&handed_on);
  for (const int signal : kHandedOn) sigaddset(&handed_on, signal);
  sigprocmask(SIG_BLOCK, &handed_on, &before);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigprocmask(SIG_SETMASK, &before, nullptr);
    _exit(getppid() == self ? become() : 1);
  }
  the_child = child;
  struct sigaction action = {};
  action.sa_handler = HandOn;
  action.sa_flags = SA_RESTART;
  for (const int signal : kHandedOn) {
    struct sigaction old = {};
    sigaction(signal, nullptr, &old);
    if (old.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  const int status = child > 0 ? WaitFor(child) : 126 << 8;
  the_child = 0;
  close(ends[1]);
  WaitFor(keeper);
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  (void)signal(WTERMSIG(status), SIG_DFL);
  (void)raise(WTERMSIG(status));
  return 128 + WTERMSIG(status);
}

}  // namespace jobwarden
