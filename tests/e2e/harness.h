#ifndef JOBWARDEN_TESTS_E2E_HARNESS_H_
#define JOBWARDEN_TESTS_E2E_HARNESS_H_

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/fake_gitlab_runner.h"
#include "tests/support/gitlab_job.h"
#include "tests/support/has.h"
#include "tests/support/temp_folder.h"

namespace jobwarden::testing {

using Outcome = JobRun::Outcome;

std::ostream& operator<<(std::ostream& out, Outcome outcome);

/// Whether `part` stands in none of the files.
boost::test_tools::predicate_result Lacks(const Files& files, const std::string& part);

/// Whether the job was refused before any of its stages: with this code in its log, once.
boost::test_tools::predicate_result Denied(const JobRun& run, const std::string& code);
/// Whether the driver failed in each try of `prepare` with this code, and no stage ran.
boost::test_tools::predicate_result Broken(const JobRun& run, const std::string& code);

/// The good job with these lines of script.
Job JobThat(const std::vector<std::string>& script);

/// What a stage wrote to its standard output, after a newline. Where it was not called, the job's
/// log after words that say so.
std::string Out(const JobRun& run, const std::string& stage = "build_script");

/// Replaces the one place where `from` stands.
void Change(std::string& text, const std::string& from, const std::string& to);

/// `[executor.wrap]` of a driver of which these words (TOML strings, with commas) begin each
/// command, and its name (`config`, `prepare` …) ends it.
std::string WrapCommands(const std::string& words);

/// A machine with GitLab Runner and jobwarden on it, which jobs of https://gitlab.example.com come
/// to. All of it lies in one folder, which goes with it.
class RunnerHost {
 public:
  RunnerHost();

  JobRun Play(const Job& job);
  JobRun Play(const RunnerJob& job);

  /// What the runner gets of this job in Play(job).
  RunnerJob Sent(const Job& job) const;
  /// Lets another driver run the jobs: these lines become `[executor.wrap]`.
  void Wrap(const std::string& commands);

  /// Lets the driver, and all that it starts, see `source` (a file, or a folder) at `path`, which
  /// is one that the machine has. For root. What lies in the host's own folder a sandbox hides.
  void ShowDriver(const std::string& source, const std::string& path);

  /// The token of the job that Play(job) would send.
  std::string TokenOf(const Job& job, const std::string& name) const;
  /// A path in the host's folder.
  std::string Path(const std::string& name) const { return folder / name; }
  std::string audit() const { return Slurp(folder / "audit.jsonl"); }
  std::string config_path() const { return folder / "jobwarden.toml"; }

  TempFolder folder;
  Signer signer{"RS256", "gitlab-key"};
  std::string config;     ///< of jobwarden.toml; written again by each Play
  RunnerOptions options;  ///< how the runner behaves
};

/// Cancels a job whose script waits for the signal: it is told, after_script runs, and cleanup.
void CancelIsGraceful(RunnerHost& host);

}  // namespace jobwarden::testing

BOOST_TEST_DONT_PRINT_LOG_VALUE(jobwarden::testing::Files)

#endif  // JOBWARDEN_TESTS_E2E_HARNESS_H_
