#ifndef JOBWARDEN_EXECUTOR_LOCAL_SHELF_H_
#define JOBWARDEN_EXECUTOR_LOCAL_SHELF_H_

#include <chrono>
#include <optional>
#include <string>

#include "executor/received/job_response.h"
#include "verifier/base/result.h"
#include "verifier/os/user.h"

namespace jobwarden {

// What a job leaves in builds and cache waits on a shelf, out of reach of all other jobs, until a
// job comes that may find it: `builds_dir/.kept/PLACE/SHELF`.

/// The shelf of a job. Jobs have the same one that have the same repository URL and project id on
/// the server's word, and the same protection of the ref: whoever may push a branch would leave a
/// hook for the deploy. Each fork whose merge requests run in the project has a shelf of its own.
/// No variable that the job sets leads to another one's shelf.
///
/// Empty where nothing is kept, because nobody can tell whose it would be: the fork is gone, or the
/// job says several.
std::string ShelfName(const JobResponse& response);

/// Moves the folder `live` (`builds_dir/PLACE`) to its shelf, or removes it where `shelf` is empty,
/// or the folder cannot be moved. An absent folder is not an error. STATE_UNWRITABLE.
Status PutOnShelf(const std::string& live, const std::string& shelf);

/// Moves what lies on the shelf to `live`, or makes an empty folder there; it belongs to `user`
/// (absent: to this process' user) and nobody else enters it. STATE_UNWRITABLE.
Status TakeFromShelf(const std::string& live, const std::string& shelf,
                     const std::optional<User>& user);

inline constexpr std::chrono::hours kKeptUnused{14 * 24};
inline constexpr unsigned kMinFreePercent = 5;

/// Removes what nobody has taken from its shelf for kKeptUnused, of all places below `folder`
/// (`builds_dir`); and while less than kMinFreePercent of the file system's bytes or files are
/// free, what has waited longest. STATE_UNWRITABLE; the others are removed all the same.
Status PruneShelves(const std::string& folder, std::chrono::system_clock::time_point now);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_SHELF_H_
