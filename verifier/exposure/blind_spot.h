#ifndef JOBWARDEN_VERIFIER_EXPOSURE_BLIND_SPOT_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_BLIND_SPOT_H_

#include <string_view>

namespace jobwarden {

/// What commands run although nobody here can read it.
enum class BlindSpot {
  kNone,
  kPipedScript,  ///< `curl … | bash`, `bash <(…)`, `eval "$(curl …)"`, a downloaded script,
                 ///< a script of a repository that the commands cloned
  kProgramElsewhere,  ///< `/build/build.sh`: outside of the system's folders and of the project
};

/// The first blind spot in the commands of a shell, or of a file that a shell runs.
///
/// A program counts where a command begins and after the name of an interpreter, not where it is
/// an argument. What echo, cat and their like hand to a shell can be read. `project` is the folder
/// of the checkout, absolute; empty: it is not known.
///
/// Follows quotes, substitutions and here-documents as far as they are closed. This is about what
/// honest jobs do: a job that hides what it runs hides it.
BlindSpot FindBlindSpot(std::string_view commands, std::string_view project);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_BLIND_SPOT_H_
