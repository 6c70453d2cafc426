#ifndef JOBWARDEN_TESTS_SUPPORT_RUNNER_SERVICE_H_
#define JOBWARDEN_TESTS_SUPPORT_RUNNER_SERVICE_H_

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace jobwarden::testing {

/// The servers of GitHub's that a runner's worker talks to while it plays one job, on a port of
/// 127.0.0.1: they take the job's result, its steps, logs and summaries, give it the archives of
/// actions, and follow its console. What they do not know is answered with 404.
class RunnerService {
 public:
  /// `archives`: the folder of RunnerMessage. `on_line` is called with each line of the console,
  /// by a thread of the server's.
  RunnerService(std::string archives, std::function<void(const std::string& line)> on_line);
  ~RunnerService();
  RunnerService(const RunnerService&) = delete;
  RunnerService& operator=(const RunnerService&) = delete;

  std::string url() const;

  /// What GitHub would keep of the job: events as the fake runner tells them, steps in their order.
  /// A step whose end was not told has no `end`; a log that was not uploaded is empty.
  std::vector<nlohmann::ordered_json> Kept() const;
  /// Whether the worker said how the job ended.
  bool completed() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_RUNNER_SERVICE_H_
