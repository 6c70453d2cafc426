#ifndef JOBWARDEN_TESTS_SUPPORT_FAKE_GITHUB_RUNNER_H_
#define JOBWARDEN_TESTS_SUPPORT_FAKE_GITHUB_RUNNER_H_

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/support/github_job.h"

namespace jobwarden::testing {

/// `::error title=T::message`, as the server shows it.
struct Annotation {
  std::string level;  ///< error, warning, notice
  std::string title;
  std::string message;
};

/// One step as it went, hooks included: `Set up runner`, `Pre NAME`, NAME, `Post NAME`,
/// `Complete runner`.
struct GitHubStepRun {
  std::string name;
  std::string conclusion;  ///< success, failure, skipped, cancelled; empty: it was cut off
  int exit_code = 0;       ///< 128 + N when signal N ended it
  std::string log;         ///< what the server received of it, masked
  std::map<std::string, std::string> outputs;  ///< GITHUB_OUTPUT
  std::vector<std::string> container_calls;    ///< commands of the container hook
};

struct GitHubRun {
  enum class Outcome { kSucceeded, kFailed, kCancelled } outcome = Outcome::kFailed;
  bool worker_died = false;  ///< the worker ended without a known code, and the listener said so
  /// What such a worker had written on its standard error: the job's error, as the server shows it.
  std::string crash;
  std::vector<GitHubStepRun> steps;
  std::vector<Annotation> annotations;
  std::string summary;  ///< GITHUB_STEP_SUMMARY of all steps

  std::string log() const;
  /// The step of this name; an empty one with the conclusion `absent` where there was none.
  const GitHubStepRun& Step(const std::string& name) const;
};

/// All that a listener did until it ended.
struct GitHubSession {
  std::vector<GitHubRun> runs;  ///< one a job that it took
  int exit_code = 0;            ///< the listener's
  bool hung = false;            ///< it was killed when its time was over
  std::string diagnostics;      ///< what went wrong in the runner itself; empty

  const GitHubRun& only() const;
};

/// The folder of a runner of GitHub's own that tests are to use (`tests/run --real-runner FOLDER`);
/// empty: none.
std::string RealRunner();

/// A self-hosted runner on this machine: `bin/`, `externals/`, `_work/` in a folder of its own.
struct GitHubRunnerHost {
  std::string program;  ///< the built `fake_github_runner`
  std::string folder;   ///< made by InstallGitHubRunner
  /// The folder of a runner of GitHub's own, whose worker plays the jobs instead, with its own
  /// node. Empty: the fake one does.
  std::string real = RealRunner();
  std::string name = "deploys-1";
  /// Put where the runner has its own node, `externals/node20/bin/node`, which `.js` hooks are
  /// started with. Empty: a runner without one.
  std::string node;
  /// The service's own, which everything that the runner starts inherits: PATH and HOME,
  /// ACTIONS_RUNNER_HOOK_JOB_STARTED, ACTIONS_RUNNER_HOOK_JOB_COMPLETED,
  /// ACTIONS_RUNNER_CONTAINER_HOOKS, ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER.
  Environment environment;

  std::chrono::milliseconds log_interval{
      100};                                 ///< log lines are sent so often; 500 in the real one
  std::chrono::milliseconds limit{60'000};  ///< a listener that takes longer has hung
  /// Once this stands in what the server received, the listener gets SIGINT: a runner's shutdown.
  std::string interrupt_at;
  /// Called with all that the server received so far, as it came, each time there is more.
  std::function<void(pid_t listener, const std::string& received)> on_output;

  std::string node_path() const { return folder + "/externals/node20/bin/node"; }
  std::string work() const { return folder + "/_work"; }
  std::string temp() const { return folder + "/_work/_temp"; }
  std::string workspace(const GitHubJob& job) const;
};

/// Plays jobs as actions/runner does: `Runner.Listener` takes one after the other and starts a
/// `Runner.Worker` for each (both by /proc/PID/comm and exe). A job is: job-started hook, container
/// hook `prepare_job`, `pre` of actions, steps, `post` in reverse order, `cleanup_job`,
/// job-completed hook.
///
/// What the worker has not sent when it dies is lost, as with the real one. The folder may be used
/// again, as of a runner that stays: `_temp` is emptied at the start of a job, the workspace is
/// not.
GitHubSession PlayGitHubJobs(const std::vector<GitHubJob>& jobs, const GitHubRunnerHost& host);
GitHubRun PlayGitHubJob(const GitHubJob& job, const GitHubRunnerHost& host);
/// The same with jobs as the server hands them out: files of what Message() makes.
GitHubSession PlayGitHubMessages(const std::vector<std::string>& files,
                                 const GitHubRunnerHost& host);

/// The two roles of the program, by the name that it was started under.
int RunGitHubListener(const std::vector<std::string>& messages);
int RunGitHubWorker(const std::string& message);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_SUPPORT_FAKE_GITHUB_RUNNER_H_
