#ifndef JOBWARDEN_EXECUTOR_LOCAL_PLACE_FOLDERS_H_
#define JOBWARDEN_EXECUTOR_LOCAL_PLACE_FOLDERS_H_

#include <string>

#include "executor/local/job_place.h"
#include "executor/local/place_option.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// The place, with the paths of its folders, which need not exist. `own_folder` is what
/// MakeOwnFolder made for the job.
JobPlace PlaceOf(const Config& config, const PlaceOption& option, const std::string& own_folder);

/// Makes builds_dir and cache_dir. Users pass through them, and nobody but the user of this process
/// writes them. CONFIG_INVALID if somebody else may; STATE_UNWRITABLE.
Status MakeSharedFolders(const Config& config);

/// Makes a folder for one job. Users pass through it; its name says nothing and is never used
/// again.
Result<std::string> MakeOwnFolder(const Config& config, const std::string& place_name);

/// Makes all folders of the place, takes builds and cache from the shelf if they are there, chooses
/// where the job sees its home, and sees that the job's user reaches all of them. CONFIG_INVALID,
/// STATE_UNWRITABLE, DRIVER_FAILED.
Status MakePlaceFolders(const Config& config, const std::string& shelf, JobPlace& place);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_PLACE_FOLDERS_H_
