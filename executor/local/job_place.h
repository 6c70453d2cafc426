#ifndef JOBWARDEN_EXECUTOR_LOCAL_JOB_PLACE_H_
#define JOBWARDEN_EXECUTOR_LOCAL_JOB_PLACE_H_

#include <optional>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/os/environment.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// Where a job runs and as whom, and nobody else meanwhile: `config` takes it for the job, `run`
/// finds it again, `cleanup` gives it back. Each user of `run_as` is one; with a sandbox one user
/// (or the driver's own) has as many as are needed.
struct JobPlace {
  std::optional<User> user;  ///< absent: the driver's own
  bool alone = false;        ///< all processes of the user are this job's

  // These belong to the user, and are entered by nobody else.
  std::string builds;     ///< `builds_dir/NAME`, with what this project left there
  std::string cache;      ///< `cache_dir/NAME`
  std::string temporary;  ///< empty, for this job alone
  std::string home;       ///< likewise
  std::string home_at;    ///< where the job sees its home: see JobHome
  std::string copies;  ///< files of the machine that a sandbox shows as the user's: see CopyBelow

  std::vector<std::string> notes;  ///< from TakePlace, for the job's log: `advice: …`
};

/// Whether jobs get a place: not where they run as the driver's own user without a sandbox.
bool HasPlaces(const ExecutorSettings& executor);

/// Takes a place that is free, or that belongs to a job which died without `cleanup`: ends all
/// processes of its user, removes what these left in the kernel and in open folders, and makes its
/// folders. Of what earlier jobs left in builds and cache the job finds what lies on its shelf, and
/// the rest is out of its reach.
///
/// If a place cannot be emptied, the next free one is taken, and the notes say so once. (A process
/// that waits for a dead file system takes no signal.) A process that is blocked is not waited for
/// again.
///
/// NO_FREE_USER, with the places that cannot be emptied and why; CONFIG_INVALID where somebody
/// could put other folders in their place, or the user cannot reach them; STATE_UNWRITABLE,
/// DRIVER_FAILED. Nothing is taken then.
Result<JobPlace> TakePlace(const Config& config, const std::string& job_folder,
                           const std::string& shelf);

/// The place that `config` took for the job of this folder. DRIVER_FAILED when there is none.
Result<JobPlace> FindPlace(const Config& config, const std::string& job_folder);

/// Ends what runs there, removes what was for this job alone, and gives the place back, if the job
/// of this folder has one; then removes what waits on shelves for too long. On failure it stays
/// taken until the job's folder is gone.
Status GiveBackPlace(const Config& config, const std::string& job_folder);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_JOB_PLACE_H_
