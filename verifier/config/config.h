#ifndef JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_
#define JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_

#include <sys/types.h>

#include <optional>
#include <string>
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

/// All settings, checked. Plain data that Load alone makes; a caller hands each module its part.
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
  std::string policy_sha256;  ///< over all files that were read, in their order
};

/// Reads the configuration file and the `rules.d/*.toml` beside it.
///
/// Each file is checked on its open descriptor (see CheckWriters). `job_user` is the user who will
/// run a job's script, where jobs run: unless the file says `shared_user = true` for its program,
/// what that user could write is refused. All findings are CONFIG_INVALID, and say file, line and
/// column; unknown keys get the nearest known one as a hint. What is known but not built yet is
/// refused too: nothing is read and ignored.
Result<Config> LoadConfig(const std::string& path, std::optional<uid_t> job_user);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_CONFIG_H_
