#ifndef JOBWARDEN_TESTS_SUPPORT_GITHUB_CONSOLE_H_
#define JOBWARDEN_TESTS_SUPPORT_GITHUB_CONSOLE_H_

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace jobwarden::testing {

/// What a worker sends to GitHub, as events on standard output. Lines of a step are shown `live`
/// now and then. What GitHub keeps is sent later: log and summary when the step ends, annotations
/// when the job does. All that is not sent when the worker dies is lost.
class GitHubConsole {
 public:
  /// Sends every `interval` milliseconds, and all of it when it is destroyed.
  explicit GitHubConsole(int interval);
  ~GitHubConsole();
  GitHubConsole(const GitHubConsole&) = delete;
  GitHubConsole& operator=(const GitHubConsole&) = delete;

  /// From now on `value` is shown as `***`.
  void Mask(const std::string& value);

  void Print(const std::string& line);
  void Annotate(const std::string& level, const std::string& title, const std::string& message);
  void Summarise(const std::string& text);
  /// The step has ended.
  void Keep();
  /// The job has ended.
  void Complete();

  void Tell(const nlohmann::ordered_json& event);

 private:
  std::string Masked(std::string text);
  void SendNowAndThen();

  int fd_;
  int interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool done_ = false;
  std::string queue_;
  std::vector<std::string> masks_;
  std::string log_;      // of the step
  std::string summary_;  // of the step
  std::vector<nlohmann::ordered_json> annotations_;
  std::thread sender_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_GITHUB_CONSOLE_H_
