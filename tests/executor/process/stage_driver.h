#ifndef JOBWARDEN_TESTS_EXECUTOR_PROCESS_STAGE_DRIVER_H_
#define JOBWARDEN_TESTS_EXECUTOR_PROCESS_STAGE_DRIVER_H_

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "executor/local/shell.h"
#include "executor/process/stage_process.h"

namespace jobwarden::testing {

struct Ended {
  int status = -1;  // of the driver, which exits with the script's
  std::string out;
  std::string err;
};

inline constexpr int kNotStarted = 250;

using Pipe = std::array<int, 2>;

inline Pipe OpenPipe() {
  Pipe ends{};
  BOOST_REQUIRE_EQUAL(pipe2(ends.data(), O_CLOEXEC), 0);
  return ends;
}

inline StageCommand Bash(std::string_view script) {
  auto arguments = ShellCommand(Shell::kBash, std::getenv("PATH"));
  auto input = SealedFile(script);
  if (!arguments || !input) _exit(kNotStarted);
  return {*std::move(arguments),
          {std::string("PATH=") + std::getenv("PATH")},
          "/",
          {},
          *std::move(input)};
}

// A driver: a process of its own that runs the script as a stage. Its outputs are pipes here.
class StageDriver {
 public:
  explicit StageDriver(
      const std::function<StageCommand()>& command, const std::function<void()>& before = [] {}) {
    const Pipe out = OpenPipe();
    const Pipe err = OpenPipe();
    pid_ = fork();
    BOOST_REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      close(out[0]);
      close(err[0]);
      dup2(out[1], STDOUT_FILENO);
      dup2(err[1], STDERR_FILENO);
      before();
      const auto status = RunStageProcess(command());
      _exit(status ? *status : kNotStarted);
    }
    close(out[1]);
    close(err[1]);
    out_ = out[0];
    err_ = err[0];
  }
  explicit StageDriver(const std::string& script) : StageDriver([&] { return Bash(script); }) {}
  StageDriver(const StageDriver&) = delete;
  StageDriver& operator=(const StageDriver&) = delete;
  ~StageDriver() {
    CloseOutput();
    close(err_);
  }

  pid_t pid() const { return pid_; }

  void CloseOutput() {
    if (out_ >= 0) close(std::exchange(out_, -1));
  }

  // Reads until that many bytes of standard output are there.
  std::string Read(std::size_t bytes) const {
    std::string text(bytes, '\0');
    std::size_t got = 0;
    while (got < bytes) {
      const ssize_t more = read(out_, text.data() + got, bytes - got);
      BOOST_REQUIRE(more > 0);
      got += static_cast<std::size_t>(more);
    }
    return text;
  }

  std::string ReadLine() const {
    std::string line;
    while (!line.ends_with('\n')) line += Read(1);
    return line;
  }

  Ended Wait() {
    Ended ended;
    std::array<pollfd, 2> both{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
    std::array<std::string*, 2> texts{&ended.out, &ended.err};
    std::string buffer(1 << 20, '\0');
    while (both[0].fd >= 0 || both[1].fd >= 0) {
      poll(both.data(), both.size(), -1);
      for (std::size_t i = 0; i < both.size(); ++i) {
        if (both[i].fd < 0 || both[i].revents == 0) continue;
        const ssize_t got = read(both[i].fd, buffer.data(), buffer.size());
        if (got > 0) texts[i]->append(buffer, 0, static_cast<std::size_t>(got));
        if (got == 0) both[i].fd = -1;
      }
    }
    int status = 0;
    BOOST_REQUIRE_EQUAL(waitpid(pid_, &status, 0), pid_);
    ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return ended;
  }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
};

inline Ended Run(const std::string& script) {
  return StageDriver(script).Wait();
}

// Runs `background` beside the script, and `rest` once it has called `flag`.
inline Ended RunBeside(const std::string& background, const std::string& rest) {
  return Run("file=$(mktemp -u); flag() { : > $file; }; export file; export -f flag\n" +
             background + " &\nuntil [ -e $file ]; do sleep 0.01; done; rm $file\n" + rest);
}

inline bool Lives(const std::string& pid) {
  return kill(std::stoi(pid), 0) == 0;
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_EXECUTOR_PROCESS_STAGE_DRIVER_H_
