#ifndef JOBWARDEN_VERIFIER_WIRING_GITLAB_STAGES_H_
#define JOBWARDEN_VERIFIER_WIRING_GITLAB_STAGES_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "verifier/config/document.h"

namespace jobwarden {

/// What GitLab Runner asks a driver for: `STAGE_exec` and `STAGE_args` of `[runners.custom]`.
inline constexpr std::array kDriverStages{"config", "prepare", "run", "cleanup"};

/// How a runner starts jobwarden-executor.
struct DriverCall {
  std::string program;
  std::string config;  ///< the file that it reads
};

/// The call for this stage in a `[runners.custom]`; nothing if there is none, or if its arguments
/// are not those by which jobwarden-executor does that stage. `custom` may be null.
std::optional<DriverCall> DriverCallOf(const Node* custom, const std::string& stage);

/// A key that is not written as GitLab Runner names it: `Executor`.
struct OddKey {
  std::string written;
  std::string name;  ///< as what it is read
  Place place;
};

/// The keys of a config.toml that name a runner's executor and driver, and have a capital letter.
/// GitLab Runner ignores the case of keys. If a table has a key in both cases it takes one of them,
/// by chance, each time that it reads the file.
std::vector<OddKey> OddKeys(const Node& document);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_WIRING_GITLAB_STAGES_H_
