#ifndef JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_
#define JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_

#include <sys/types.h>

#include <cstddef>
#include <optional>
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

enum class Shell { kBash, kSh, kPwsh };

struct ExecutorSettings {
  Shell shell = Shell::kBash;
  std::string builds_dir = "/var/lib/jobwarden/builds";
  std::string cache_dir = "/var/lib/jobwarden/cache";
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
  AuditSettings audit;
  std::string policy_sha256;  ///< of all files that were read, one behind the other
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

/// Reads the configuration file and, in the order of their names, the files of the folder `rules.d`
/// beside it whose names end in `.toml` and do not begin with a dot.
///
/// Each file is checked on its open descriptor before it is read (see CheckWriters), and so is
/// `rules.d`. `job_user` is the user who will run a job's script, where jobs run: unless
/// `executor.shared_user` is true, what that user could write is refused. All findings are
/// CONFIG_INVALID.
Result<Config> LoadConfig(const std::string& path, std::optional<uid_t> job_user);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_
