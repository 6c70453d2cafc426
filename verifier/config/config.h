#ifndef JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_
#define JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/problem.h"
#include "verifier/config/pulled_policy.h"
#include "verifier/config/signing_key.h"
#include "verifier/consumers/consumer_list.h"
#include "verifier/exposure/settings.h"
#include "verifier/policy/rule.h"
#include "verifier/provider/github_events.h"
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

/// The commands of the wrapped driver: an absolute path and arguments each. Empty: the driver has
/// no command for that stage.
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

/// What happens to a GitHub job that is denied, besides the failure of its first step.
enum class OnDeny {
  kStopJob,     ///< the hook ends the runner's worker process
  kFailStep,    ///< the step guard refuses each `run:` step
  kStopRunner,  ///< the hook tells the runner's listener to end
};

/// Which `run:` steps of a GitHub job may request id_tokens.
enum class StepAccess {
  kAny,     ///< all of them, through the token broker
  kNamed,   ///< those that name the request variables or a consumer, and `keep_steps`
  kListed,  ///< only `keep_steps`
  kAll,     ///< all of them; there are no step guard and no broker
};

/// What happens about what a GitHub job has left behind: live tokens in files, processes, and files
/// in the home folder.
enum class SweepMode {
  kOff,     ///< the hook does not look
  kReport,  ///< the hook says what there is
  kRemove,  ///< and it removes files with tokens below RUNNER_TEMP, processes, and files that the
            ///< job made in the home folder
};

struct GitHubSettings {
  OnDeny on_deny = OnDeny::kStopJob;
  StepAccess step_tokens = StepAccess::kAny;
  std::vector<std::string> keep_steps;       ///< ids of steps
  std::vector<std::string> container_hooks;  ///< the wrapped hook: absolute path, arguments
  bool strip_git_credentials = false;        ///< from `run:` steps that call no git
  SweepMode sweep = SweepMode::kReport;
  bool shared_user = false;
};

/// Where the rules of a fleet come from.
struct PullSettings {
  std::string url;               ///< of the bundle; empty: only the command line names one
  std::vector<SigningKey> keys;  ///< one of them signed the bundle; empty: no policy is pulled
  std::string ca_file;           ///< empty: the system's certificates
  std::string proxy;             ///< empty: what the environment says
  std::chrono::seconds timeout{30};
};

struct PolicySettings {
  std::vector<std::string> ignore;  ///< codes of warnings that `policy check` does not give
  PullSettings pull;
};

struct AuditSettings {
  std::string file;  ///< empty: there is none
  bool required = true;
  std::string metrics_file{};  ///< for node exporter; empty: nothing is counted
  /// Names and patterns of the claims that are recorded; absent: those that are known and not
  /// personal. See RecordsClaim.
  std::optional<std::vector<std::string>> claims{};
  bool syslog = false;                                  ///< systemd's journal gets each record too
  std::string journal = "/run/systemd/journal/socket";  ///< its socket; no key of the configuration
};

enum class LogFormat { kOff, kLogfmt, kJson };

/// How `jobwarden serve` is reached, and by whom.
struct ServeSettings {
  std::vector<std::string> listen{"127.0.0.1:8080"};  ///< `ADDRESS:PORT`, `unix:/PATH`
  mode_t socket_mode = 0660;                          ///< of Unix sockets
  std::vector<std::string> users;  ///< who may connect to a Unix socket; empty: who may open it
  std::string tls_certificate;     ///< PEM; empty: no TLS
  std::string tls_key;             ///< never empty with tls_certificate
  std::string client_ca;           ///< clients must have a certificate of these
  bool insecure_listen = false;    ///< other machines may connect without TLS
  std::string api_keys_file;       ///< one key a line; empty: everybody may ask
  LogFormat access_log = LogFormat::kLogfmt;
  std::size_t workers = 0;  ///< 0: one for each processor
  std::size_t max_connections = 12'000;
  std::size_t rate = 0;  ///< requests a second of one client; 0: no limit
};

/// All settings, checked. Plain data that only ParseConfig makes. A caller passes each module its
/// part.
struct Config {
  std::string path;                ///< of the configuration file
  std::vector<std::string> files;  ///< all paths, in the order in which a rule's Place counts them
  Mode mode = Mode::kEnforce;
  std::string help;
  std::string state_dir = "/var/lib/jobwarden";
  std::vector<Issuer> issuers;  ///< at least one; names and (url, audience) pairs unique
  Policy policy;
  OwnEvents own_events;
  PolicySettings policy_settings;
  ExposureSettings exposure;
  ExecutorSettings executor;
  GitHubSettings github;
  AuditSettings audit;
  ServeSettings serve;
  /// The policy that `policy pull` stored; its rules are in `policy`. Only LoadConfig sets it.
  std::optional<PulledPolicy> pulled;
  /// Why there is none although `[policy.pull]` says that there is one. Then nobody may be allowed.
  Findings pull_problems;
  /// The text of `consumers.txt` beside the configuration, empty if it is absent or older than the
  /// list that is compiled in. Only LoadConfig sets it.
  std::string consumer_list;
  Findings warnings;          ///< what is accepted and dangerous; to be said by each program
  std::string policy_sha256;  ///< of the bytes of all files, one after the other
  /// The users who run jobs' scripts, and who must not be able to write what decides about jobs.
  /// Empty if no script runs here, or with `shared_user`. Only LoadConfig sets it.
  std::vector<uid_t> job_users;
};

inline constexpr std::size_t kMaxConfigBytes = std::size_t{1024} * 1024;  ///< of each file

/// A file of the configuration, and its bytes.
struct ConfigFile {
  std::string path;
  std::string bytes;
};

/// Reads the configuration from its files' bytes: `jobwarden.toml`, then the files of `rules.d`, in
/// which only `[[allow]]` and `[[deny]]` are permitted.
///
/// Lists all faults, as CONFIG_INVALID, with file, line and column. The hint for an unknown key is
/// the nearest known key. Keys that are known but not built yet are refused too, so that nothing is
/// read and ignored. `list` has the commands that `[exposure.consumers]` adds to. REQUIRES: at
/// least one file.
Result<Config> ParseConfig(const std::vector<ConfigFile>& files,
                           const ConsumerList& list = BuiltInConsumers());

/// What a person who mends the configuration needs of it.
struct ConfigReading {
  /// All that could be read; rules with a fault are left out. Nobody may decide by it unless
  /// `problems` is empty.
  Config config;
  std::vector<Problem> problems;  ///< as ParseConfig lists them, in the order of their places
};

/// Reads as ParseConfig does. REQUIRES: at least one file.
ConfigReading ReadConfig(const std::vector<ConfigFile>& files,
                         const ConsumerList& list = BuiltInConsumers());

/// Whether the rules that `policy pull` stored are read after the machine's own.
enum class PulledRules { kRead, kLeaveOut };

/// The bytes of the configuration file and of those in `rules.d` beside it (see LoadConfig),
/// whoever may write them. For those who look at a policy; not for those who decide by it.
Result<std::vector<ConfigFile>> ReadConfigFiles(const std::string& path,
                                                PulledRules pulled = PulledRules::kRead);

/// Which users will run jobs' scripts.
enum class JobsRun {
  kElsewhere,   ///< none: the caller only reads or decides
  kByExecutor,  ///< as `[executor]` says: the users of run_as, else the caller; none in a sandbox
                ///< or by a wrapped driver, because such a script does not see this machine's
                ///< files
  kAsCaller,    ///< the caller, whatever `[executor]` says
  kByGitHubRunner,  ///< the caller; `[github]` says whether that is accepted
};

/// Reads the configuration file and, in the order of their names, the files of the folder `rules.d`
/// beside it whose names end in `.toml` and do not begin with a dot. A file `consumers.txt` beside
/// it is read too; it replaces the list of consumers that is compiled in unless it is older.
///
/// Each file, and `rules.d`, is checked on its open descriptor before it is read (see
/// CheckWriters). A file that a user of `jobs_run` could write is refused, unless
/// `executor.shared_user` (for kByGitHubRunner `github.shared_user`) is true. A user of `run_as`
/// who does not exist or is root is refused. All findings are CONFIG_INVALID.
///
/// With `[policy.pull]`, the rule files of the pulled policy follow, all of one version, checked in
/// the same way. A policy that was not pulled yet, or that none of the configured keys signed, is
/// no fault of the configuration: `pull_problems` says so (POLICY_UNAVAILABLE).
Result<Config> LoadConfig(const std::string& path, JobsRun jobs_run,
                          PulledRules pulled = PulledRules::kRead);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_
