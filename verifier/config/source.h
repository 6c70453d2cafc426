#ifndef JOBWARDEN_VERIFIER_CONFIG_SOURCE_H_
#define JOBWARDEN_VERIFIER_CONFIG_SOURCE_H_

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/os/fd.h"

namespace jobwarden {

/// An open file that decides about jobs, or the open folder `rules.d`.
struct Source {
  std::string path;
  Fd fd;
  bool is_toml = true;
};

inline constexpr Code kConfigCode = Code::kConfigInvalid;
inline constexpr std::string_view kConfigWhat = "configuration";

/// A folder of rules, then its files (`*.toml` but for hidden ones), by their names. Empty when the
/// folder is absent.
Result<std::vector<Source>> OpenRules(const std::string& folder);

/// The bytes of those that are TOML.
Result<std::vector<ConfigFile>> ReadSources(const std::vector<Source>& sources);

/// All that CheckWriters finds.
Findings CheckSources(const std::vector<Source>& sources, const std::vector<uid_t>& job_users);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_SOURCE_H_
