#include "tests/support/github_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <sstream>

namespace jobwarden::testing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMilliseconds = 20;
// The real runner waits 7.5 s after SIGINT, 2.5 s after SIGTERM, and 5 s for the output.
constexpr std::chrono::milliseconds kPatience{500};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

int InputOf(const std::string& input) {
  if (input.empty()) return open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::string name = "/tmp/step-input-XXXXXX";
  const int fd = mkostemp(name.data(), O_CLOEXEC);
  unlink(name.c_str());
  if (write(fd, input.data(), input.size()) != static_cast<ssize_t>(input.size())) return -1;
  lseek(fd, 0, SEEK_SET);
  return fd;
}

// Cuts what comes into lines.
class LineReader {
 public:
  explicit LineReader(const std::function<void(const std::string&)>& on_line) : on_line_(on_line) {}

  void Read(const char* bytes, std::size_t size) {
    rest_.append(bytes, size);
    for (auto end = rest_.find('\n'); end != rest_.npos; end = rest_.find('\n')) {
      on_line_(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
  }
  void End() {
    if (!rest_.empty()) on_line_(rest_);
  }

 private:
  const std::function<void(const std::string&)>& on_line_;
  std::string rest_;
};

}  // namespace

int RunStepProcess(const StepProcess& process) {
  std::vector<std::string> command = process.command;
  std::vector<std::string> variables;
  for (const auto& [name, value] : process.environment) {
    variables.push_back(name);
    variables.back().append("=").append(value);
  }
  const std::vector<char*> arguments = Pointers(command);
  const std::vector<char*> environment = Pointers(variables);
  std::array<int, 2> output{};
  if (pipe2(output.data(), O_CLOEXEC) != 0) return 126;
  const int input = InputOf(process.input);
  const pid_t pid = fork();
  if (pid == 0) {
    // Rather than the runner, the kernel is to kill the job when memory runs out.
    if (const int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); score >= 0) {
      static_cast<void>(!write(score, "500", 3));
    }
    dup2(input, STDIN_FILENO);
    dup2(output[1], STDOUT_FILENO);
    dup2(output[1], STDERR_FILENO);
    if (chdir(process.folder.c_str()) == 0) {
      execve(arguments[0], arguments.data(), environment.data());
    }
    _exit(127);
  }
  close(input);
  close(output[1]);
  fcntl(output[0], F_SETFL, O_NONBLOCK);

  LineReader lines(process.on_line);
  std::array<char, 65536> buffer{};
  bool ended = false;
  int status = 0;
  // What is cancelled gets these, one after the other, and nothing below it does.
  constexpr std::array kSignals = {SIGINT, SIGTERM, SIGKILL};
  std::size_t signals = 0;
  Clock::time_point next_signal{};
  while (true) {
    pollfd ready = {output[0], POLLIN, 0};
    poll(&ready, 1, kPollMilliseconds);
    const ssize_t size = read(output[0], buffer.data(), buffer.size());
    if (size > 0) {
      lines.Read(buffer.data(), static_cast<std::size_t>(size));
      continue;
    }
    // Whoever still holds the output is waited for a while, and left behind then.
    if (ended && (size == 0 || Clock::now() > next_signal)) break;
    if (!ended) {
      ended = waitpid(pid, &status, size == 0 ? 0 : WNOHANG) == pid;
      if (ended) next_signal = Clock::now() + kPatience;
    }
    if (!ended && signals < kSignals.size() && process.is_cancelled() &&
        Clock::now() > next_signal) {
      kill(pid, kSignals[signals++]);
      next_signal = Clock::now() + kPatience;
    }
  }
  lines.End();
  close(output[0]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string FindProgram(const std::string& name, const std::string& path) {
  if (name.starts_with("/")) return name;
  std::istringstream folders(path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string program = std::string(folder).append("/").append(name);
    if (!folder.empty() && access(program.c_str(), X_OK) == 0 &&
        !std::filesystem::is_directory(program)) {
      return program;
    }
  }
  return "";
}

}  // namespace jobwarden::testing
