#include "tests/support/github_console.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace jobwarden::testing {

using Json = nlohmann::ordered_json;

GitHubConsole::GitHubConsole(int interval)
    : fd_(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10)), interval_(interval) {
  sender_ = std::thread([this] { SendNowAndThen(); });
}

GitHubConsole::~GitHubConsole() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_one();
  sender_.join();
  close(fd_);
}

void GitHubConsole::Mask(const std::string& value) {
  const std::lock_guard lock(mutex_);
  if (!value.empty()) masks_.push_back(value);
}

std::string GitHubConsole::Masked(std::string text) {
  const std::lock_guard lock(mutex_);
  for (const std::string& mask : masks_) {
    for (auto at = text.find(mask); at != text.npos; at = text.find(mask, at + 3)) {
      text.replace(at, mask.size(), "***");
    }
  }
  return text;
}

void GitHubConsole::Print(const std::string& line) {
  const std::string text = Masked(line) + "\n";
  log_ += text;
  Tell({{"event", "live"}, {"text", text}});
}

void GitHubConsole::Annotate(const std::string& level, const std::string& title,
                             const std::string& message) {
  annotations_.push_back({{"event", "annotation"},
                          {"level", level},
                          {"title", Masked(title)},
                          {"message", Masked(message)}});
  Print("##[" + level + "]" + message);
}

void GitHubConsole::Summarise(const std::string& text) {
  summary_ += Masked(text);
}

void GitHubConsole::Keep() {
  if (!log_.empty()) Tell({{"event", "log"}, {"text", std::exchange(log_, "")}});
  if (!summary_.empty()) Tell({{"event", "summary"}, {"text", std::exchange(summary_, "")}});
}

void GitHubConsole::Complete() {
  for (const Json& annotation : std::exchange(annotations_, {})) Tell(annotation);
}

void GitHubConsole::Tell(const Json& event) {
  const std::string line = event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  const std::lock_guard lock(mutex_);
  queue_ += line;
}

void GitHubConsole::SendNowAndThen() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_for(lock, std::chrono::milliseconds(interval_), [this] { return done_; });
    for (std::size_t at = 0; at < queue_.size();) {
      const ssize_t sent = write(fd_, queue_.data() + at, queue_.size() - at);
      if (sent < 0) break;
      at += static_cast<std::size_t>(sent);
    }
    queue_.clear();
    if (done_) return;
  }
}

}  // namespace jobwarden::testing
