#ifndef JOBWARDEN_TESTS_SUPPORT_RUNNER_WORKER_H_
#define JOBWARDEN_TESTS_SUPPORT_RUNNER_WORKER_H_

#include <sys/types.h>

#include <string>

namespace jobwarden::testing {

/// What a listener tells its worker.
enum class WorkerOrder { kJob = 1, kCancel = 2, kShutdown = 3 };

/// A `Runner.Worker` of GitHub's, started and spoken to as its listener does.
class RunnerWorker {
 public:
  /// Starts the program in its own folder.
  explicit RunnerWorker(const std::string& program);
  /// Kills the worker where it still runs.
  ~RunnerWorker();
  RunnerWorker(const RunnerWorker&) = delete;
  RunnerWorker& operator=(const RunnerWorker&) = delete;

  /// `text` is ASCII.
  void Tell(WorkerOrder order, const std::string& text = "");
  /// Waits that long at most. True when the worker has ended.
  bool Ended(int milliseconds);

  int status() const { return status_; }  ///< as waitpid gives it
  /// What it wrote on standard output and standard error: the listener reports it as the job's
  /// error when the worker ends without a code that it knows.
  const std::string& output() const { return output_; }

 private:
  void Read();

  pid_t pid_ = -1;
  int orders_ = -1;
  int answers_ = -1;
  int out_ = -1;
  int status_ = 0;
  bool ended_ = false;
  std::string output_;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_RUNNER_WORKER_H_
