#ifndef JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_
#define JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/exposure/settings.h"
#include "verifier/policy/rule.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

inline constexpr std::string_view kDefaultConfigPath = "/etc/jobwarden/jobwarden.toml";

enum class Mode {
  kEnforce,
  kReport,  ///< decide, plan and record; refuse nothing, strip nothing
};

enum class Driver {
  kLocal,  ///< scripts run on this machine
  kWrap,   ///< another custom executor driver runs them
};

enum class Shell { kBash, kSh, kPwsh };

enum class Sandbox { kNone, kBwrap };

/// The commands of the driver that is wrapped: an absolute path, and arguments. Empty: it has none
/// for that stage.
struct WrapSettings {
  std::vector<std::string> config;
  std::vector<std::string> prepare;
  std::vector<std::string> run;  ///< never empty with Driver::kWrap
  std::vector<std::string> cleanup;
};

struct ExecutorSettings {
  Driver driver = Driver::kLocal;
  Shell shell = Shell::kBash;
  std::string builds_dir = "/var/lib/jobwarden/builds";
  std::string cache_dir = "/var/lib/jobwarden/cache";
  std::vector<std::string> run_as;  ///< empty: the driver's own user
  Sandbox sandbox = Sandbox::kNone;
  bool shared_user = false;
  WrapSettings wrap;
};

/// What happens to a GitHub job that is denied, beyond the failure of its first step.
enum class OnDeny {
  kStopJob,     ///< the runner's worker process is ended
  kFailStep,    ///< the step guard refuses each `run:` step
  kStopRunner,  ///< the runner's listener is told to end
};

/// Which `run:` steps of a GitHub job may request id_tokens.
enum class StepAccess {
  kNamed,   ///< those that name what it takes, and `keep_steps`
  kListed,  ///< `keep_steps` alone
  kAll,     ///< all: there is no step guard
};

/// What happens about live tokens that a GitHub job has left behind in files.
enum class SweepMode {
  kOff,     ///< nobody looks for them
  kReport,  ///< it is said where they lie
  kRemove,  ///< and below RUNNER_TEMP those files are removed
};

struct GitHubSettings {
  OnDeny on_deny = OnDeny::kStopJob;
  StepAccess step_tokens = StepAccess::kNamed;
  std::vector<std::string> keep_steps;       ///< ids of steps
  std::vector<std::string> container_hooks;  ///< the wrapped hook: absolute path, arguments
  SweepMode sweep = SweepMode::kReport;
  bool shared_user = false;
};

struct AuditSettings {
  std::string file;  ///< empty: no record is written
  bool required = true;
};

/// All settings, checked. Plain data that ParseConfig alone makes; a caller hands each module its
/// part.
struct Config {
  std::string path;  ///< the file that it came from
  Mode mode = Mode::kEnforce;
  std::string help;
  std::string state_dir = "/var/lib/jobwarden";
  std::vector<Issuer> issuers;  ///< at least one; names and (url, audience) pairs unique
  Policy policy;
  ExposureSettings exposure;
  ExecutorSettings executor;
  GitHubSettings github;
  AuditSettings audit;
  Findings warnings;          ///< what is accepted and dangerous; to be said by each program
  std::string policy_sha256;  ///< of all files that were read, one behind the other
  /// Who runs jobs' scripts and must not be able to write what decides about them. Empty: nobody
  /// here, or `shared_user`. LoadConfig alone sets it.
  std::vector<uid_t> job_users;
};

inline constexpr std::size_t kMaxConfigBytes = std::size_t{1024} * 1024;  ///< of each file

/// A file of the configuration, as it was read.
struct ConfigFile {
  std::string path;
  std::string bytes;
};

/// Reads the configuration from its files' bytes: `jobwarden.toml`, then those of `rules.d`, in
/// which only `[[allow]]` and `[[deny]]` may stand.
///
/// All that is wrong is listed, as CONFIG_INVALID, with file, line and column; unknown keys get the
/// nearest known one as a hint. What is known but not built yet is refused too: nothing is read
/// and ignored. REQUIRES: at least one file.
Result<Config> ParseConfig(const std::vector<ConfigFile>& files);

/// Who will run jobs' scripts.
enum class JobsRun {
  kElsewhere,   ///< nobody: the caller only reads or decides
  kByExecutor,  ///< as `[executor]` says: a user of run_as, else the caller; in a sandbox, or by a
                ///< wrapped driver, nobody who sees this machine's files as they are
  kAsCaller,    ///< the caller, whatever `[executor]` says
  kByGitHubRunner,  ///< the caller, and `[github]` says whether that is accepted
};

/// Reads the configuration file and, in the order of their names, the files of the folder `rules.d`
/// beside it whose names end in `.toml` and do not begin with a dot.
///
/// Each file is checked on its open descriptor before it is read (see CheckWriters), and so is
/// `rules.d`. Unless `executor.shared_user` (for kByGitHubRunner `github.shared_user`) is true,
/// what a user who runs jobs' scripts could write is refused, and so is a user of `run_as` who does
/// not exist or is root. All findings are CONFIG_INVALID.
Result<Config> LoadConfig(const std::string& path, JobsRun jobs_run);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_
