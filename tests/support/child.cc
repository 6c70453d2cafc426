#include "tests/support/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace jobwarden::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

void Need(bool done, const char* what) {
  if (!done) {
    std::perror(what);
    std::abort();
  }
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

// Standard input from a file that has no name any more: a pipe could block both sides.
int InputOf(const std::string& input) {
  if (input.empty()) {
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  std::string name = "/tmp/child-input-XXXXXX";
  const int fd = mkostemp(name.data(), O_CLOEXEC);
  Need(fd >= 0 && unlink(name.c_str()) == 0, "input");
  Need(write(fd, input.data(), input.size()) == static_cast<ssize_t>(input.size()), "input");
  Need(lseek(fd, 0, SEEK_SET) == 0, "input");
  return fd;
}

struct Started {
  pid_t pid;
  std::array<int, 2> outputs;
};

Started Start(const ChildOptions& options) {
  std::vector<std::string> command = options.command;
  std::vector<std::string> environment;
  for (const auto& [name, value] : options.environment) {
    environment.push_back(name);
    environment.back().append("=").append(value);
  }
  const std::vector<char*> arguments = Pointers(command);
  const std::vector<char*> variables = Pointers(environment);
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  Need(pipe2(out.data(), O_CLOEXEC) == 0 && pipe2(err.data(), O_CLOEXEC) == 0, "pipe");
  const int in = InputOf(options.input);
  const pid_t pid = fork();
  Need(pid >= 0, "fork");
  if (pid == 0) {
    setpgid(0, 0);
    dup2(in, STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    // Nobody else's: a server of the test could not hang up on a client otherwise.
    close_range(STDERR_FILENO + 1, ~0U, 0);
    if (chdir(options.folder.c_str()) == 0) {
      execve(arguments[0], arguments.data(), variables.data());
    }
    _exit(127);
  }
  setpgid(pid, pid);
  close(in);
  close(out[1]);
  close(err[1]);
  return {pid, {out[0], err[0]}};
}

int ExitCode(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ChildResult RunChild(const ChildOptions& options) {
  const Started child = Start(options);
  ChildResult result;
  std::array<pollfd, 2> files = {{{child.outputs[0], POLLIN, 0}, {child.outputs[1], POLLIN, 0}}};
  Clock::time_point deadline = Clock::now() + options.limit;
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) {
      kill(-child.pid, SIGKILL);
      result.hung = !result.interrupted;
      break;
    }
    poll(files.data(), files.size(), static_cast<int>(left));
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (files[i].fd < 0 || files[i].revents == 0) {
        continue;
      }
      std::array<char, 65536> buffer{};
      const ssize_t size = read(files[i].fd, buffer.data(), buffer.size());
      if (size <= 0) {
        files[i].fd = -1;
        continue;
      }
      (i == 0 ? result.out : result.err).append(buffer.data(), static_cast<std::size_t>(size));
      result.log.append(buffer.data(), static_cast<std::size_t>(size));
      if (options.on_output) {
        options.on_output(child.pid, result.log);
      }
    }
    if (!result.interrupted && !options.interrupt_at.empty() &&
        result.log.find(options.interrupt_at) != std::string::npos) {
      kill(-child.pid, SIGTERM);
      result.interrupted = true;
      deadline = Clock::now() + options.grace;
    }
  }
  for (const int fd : child.outputs) {
    close(fd);
  }
  // The output can be closed while the program still works; the limit holds for that too.
  int status = 0;
  while (waitpid(child.pid, &status, WNOHANG) == 0) {
    if (Clock::now() > deadline) {
      kill(-child.pid, SIGKILL);
      result.hung = !result.interrupted;
    }
    usleep(1000);
  }
  result.exit_code = ExitCode(status);
  return result;
}

}  // namespace jobwarden::testing
