#include "tests/support/runner_worker.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <system_error>

namespace jobwarden::testing {
namespace {

std::array<int, 2> Pipe(int flags) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), flags) != 0) throw std::system_error(errno, std::generic_category());
  return ends;
}

void Append(std::string& bytes, std::int32_t number) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(number >> shift);
}

}  // namespace

RunnerWorker::RunnerWorker(const std::string& program) {
  const std::string folder = std::filesystem::path(program).parent_path();
  const auto orders = Pipe(O_CLOEXEC);
  const auto answers = Pipe(O_CLOEXEC);
  const auto out = Pipe(O_CLOEXEC);
  const std::string in = std::to_string(orders[0]);
  const std::string back = std::to_string(answers[1]);
  pid_ = fork();
  if (pid_ == 0) {
    fcntl(orders[0], F_SETFD, 0);
    fcntl(answers[1], F_SETFD, 0);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(out[1], STDERR_FILENO);
    // Nothing of what this process does with signals is the worker's.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    static_cast<void>(std::signal(SIGPIPE, SIG_DFL));
    if (chdir(folder.c_str()) == 0) {
      execl(program.c_str(), program.c_str(), "spawnclient", in.c_str(), back.c_str(), nullptr);
    }
    _exit(127);
  }
  close(orders[0]);
  close(answers[1]);
  close(out[1]);
  orders_ = orders[1];
  answers_ = answers[0];
  out_ = out[0];
  fcntl(out_, F_SETFL, O_NONBLOCK);
}

RunnerWorker::~RunnerWorker() {
  if (!ended_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  for (const int end : {orders_, answers_, out_}) close(end);
}

// Order and length as 32 bits, little endian, then UTF-16.
void RunnerWorker::Tell(WorkerOrder order, const std::string& text) {
  std::string frame;
  Append(frame, static_cast<std::int32_t>(order));
  Append(frame, static_cast<std::int32_t>(2 * text.size()));
  for (const char letter : text) frame.append({letter, '\0'});
  for (std::size_t at = 0; at < frame.size();) {
    const ssize_t sent = write(orders_, frame.data() + at, frame.size() - at);
    if (sent <= 0) return;  // a worker that is gone is found by Ended
    at += static_cast<std::size_t>(sent);
  }
}

void RunnerWorker::Read() {
  std::array<char, 65536> buffer{};
  for (ssize_t got = 0; (got = read(out_, buffer.data(), buffer.size())) > 0;) {
    output_.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

bool RunnerWorker::Ended(int milliseconds) {
  if (ended_) return true;
  pollfd ready = {out_, POLLIN, 0};
  poll(&ready, 1, milliseconds);
  Read();
  if ((ready.revents & POLLHUP) != 0) usleep(static_cast<useconds_t>(milliseconds) * 1000);
  ended_ = waitpid(pid_, &status_, WNOHANG) == pid_;
  if (ended_) Read();
  return ended_;
}

}  // namespace jobwarden::testing
