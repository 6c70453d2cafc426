#ifndef JOBWARDEN_HOOKS_GITHUB_HOME_SWEEP_H_
#define JOBWARDEN_HOOKS_GITHUB_HOME_SWEEP_H_

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "hooks/github/sweep.h"

namespace jobwarden {

// A runner that stays keeps its user's home folder, with what each job left there: for the jobs
// after it, whoever they belong to. A file is the job's if it was made (or changed) after the job
// began; times in the future of the job's own making make no difference, because no user can choose
// when a file was made. On file systems that do not tell when a file was made, it counts as
// changed.

struct HomeLeftovers {
  struct Login {
    std::string file;  ///< relative to the home folder
    bool is_new;       ///< made by the job; else changed
  };
  std::vector<Login> logins;           ///< where programs keep a login; at most kMaxTokensFound
  std::vector<std::string> new_files;  ///< made by the job, the logins too; at most kMaxNewFiles
  std::vector<std::string> not_whole;  ///< what was not searched and why, in words for a person

  /// How many new files there are, by the first name of their paths.
  std::map<std::string, std::size_t> Counts() const;
};

inline constexpr std::size_t kMaxNewFiles = 100'000;

/// Looks at the names and times of the files below `home`, an absolute path. Reads only the known
/// places of logins, to leave out those that hold none any more. Bounded as Sweep is, and as safe.
///
/// `left_alone` are files and folders that are not searched. A folder with a `.runner` file that is
/// older than the job is a runner's own, and is not searched either; if `home` is one, nothing is.
HomeLeftovers SweepHome(const std::string& home, const std::vector<std::string>& left_alone,
                        std::chrono::system_clock::time_point since,
                        const TreeLimits& limits = kSweepLimits);

/// Removes the file if the job made it. It follows no link. Returns whether it is gone.
bool RemoveNewFile(const std::string& home, const std::string& file,
                   std::chrono::system_clock::time_point since);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_HOME_SWEEP_H_
