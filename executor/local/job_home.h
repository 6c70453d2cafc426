#ifndef JOBWARDEN_EXECUTOR_LOCAL_JOB_HOME_H_
#define JOBWARDEN_EXECUTOR_LOCAL_JOB_HOME_H_

#include <string>

#include "verifier/config/config.h"
#include "verifier/os/user.h"

namespace jobwarden {

/// Where a job sees its home folder. Programs look for it in two ways: by HOME, and (ssh, Java,
/// Maven, Gradle, `~name` in a shell) by the password file alone, whatever HOME says. So a job's
/// home, a fresh folder for each job, is mounted at the path that the password file has.
struct JobHome {
  std::string path;
  std::string why_elsewhere;  ///< why that is not the password file's path; empty: it is
};

/// Chooses the path for a job of `user`, whose fresh folder is `folder`; that is the path where
/// the password file's cannot be used: it is not the path of a home (`/`), or something lies there
/// that is not the user's, or somebody could put a link in its place, or this machine lets nobody
/// mount.
///
/// Root makes the password file's path, empty and root's own, where it is not there: something to
/// mount on. It stays, for the jobs of this and other users that have the same home.
JobHome ChooseHome(const User& user, const std::string& folder, Sandbox sandbox);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_LOCAL_JOB_HOME_H_
