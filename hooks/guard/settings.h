#ifndef JOBWARDEN_HOOKS_GUARD_SETTINGS_H_
#define JOBWARDEN_HOOKS_GUARD_SETTINGS_H_

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/step/step_decision.h"

namespace jobwarden {

/// The name of the settings file. A folder of guards holds this file, and links with the guarded
/// names to `jobwarden-guard`. A guard never looks for the real program in a folder with this file.
///
/// Whoever makes the folder writes the file first, then links the names for which PATH has a
/// program (a link without a program would make a job believe that there is one), then puts the
/// folder on PATH. Whoever removes it removes the links first, because a guard without its file
/// refuses.
inline constexpr std::string_view kGuardSettingsName = "jobwarden-guard.settings";

/// The name of a consumer list that replaces the one in the guard. Absent where none does.
inline constexpr std::string_view kGuardListName = "jobwarden-guard.consumers";

/// The job-started hook's settings for the guards of a job.
struct GuardSettings : StepSettings {
  bool allowed = false;
  bool strips_git = false;          ///< git's credentials leave steps that call no git
  std::vector<std::string> denial;  ///< the lines that each step of a denied job prints
  pid_t worker = 0;                 ///< the process that starts the steps; 0: it is not known
  std::string broker;  ///< the socket of the broker that gives them tickets; empty: there is none
  /// The programs under the guarded names that the runner itself would start: a name, a blank, a
  /// path. A job's own PATH may not lead to them.
  std::vector<std::string> programs;

  /// The path for a guarded name; empty if there is none.
  std::string_view ProgramOf(std::string_view name) const;
};

inline constexpr std::size_t kMaxGuardSettingsBytes = 65'536;

/// The file's text: lines `KEY VALUE` between `jobwarden-guard 1` and `end`. Control characters in
/// values become spaces. If the text would be longer than kMaxGuardSettingsBytes, it ends the
/// denial early.
///
///   jobwarden-guard 1
///   verdict deny
///   denial job of a fork, refused
///   step_tokens any
///   git_credentials strip
///   worker 4711
///   broker /var/lib/jobwarden/github/deploys-1-2f3a/broker
///   program bash /usr/bin/bash
///   keep_step mint
///   consumer deploy-tool login
///   end
std::string FormatGuardSettings(const GuardSettings& settings);

/// Nothing if the text is not complete and exact: an unknown key, a missing or second verdict, no
/// last line.
std::optional<GuardSettings> ParseGuardSettings(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_SETTINGS_H_
