#ifndef JOBWARDEN_EXECUTOR_LOCAL_PLACE_OPTION_H_
#define JOBWARDEN_EXECUTOR_LOCAL_PLACE_OPTION_H_

#include <optional>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// A place of the configuration, for one job at a time. It may be free or not.
struct PlaceOption {
  std::string name;          ///< of its files and folders
  std::optional<User> user;  ///< absent: the driver's own
  bool alone;                ///< all processes of the user are those of the job that has the place
};

/// Each user of `run_as` has one. In a sandbox a single user (or the driver's own) has 256.
/// CONFIG_INVALID for a user who does not exist.
Result<std::vector<PlaceOption>> PlaceOptions(const ExecutorSettings& executor);

/// CONFIG_INVALID if the configuration, or a folder that the driver keeps, lies in a folder that
/// jobs get: there it would be the job's, and would be moved away after the job.
Status CheckFoldersApart(const Config& config, const std::vector<PlaceOption>& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_PLACE_OPTION_H_
