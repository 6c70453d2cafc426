#ifndef JOBWARDEN_HOOKS_GUARD_SETTINGS_H_
#define JOBWARDEN_HOOKS_GUARD_SETTINGS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hooks/step/step_decision.h"

namespace jobwarden {

/// The guard's folder: links of these names to `jobwarden-guard`, and this file. A folder that
/// holds the file is a guard's folder; on PATH it is never where a real program is looked for.
///
/// Whoever makes the folder writes the file first, then links the names that PATH has a program
/// for (a link to nothing behind it would make a job believe that there is one), then puts the
/// folder on PATH. Whoever removes it removes the links first: a guard without its file refuses.
inline constexpr std::string_view kGuardSettingsName = "jobwarden-guard.settings";

/// What the job-started hook tells the guards of a job.
struct GuardSettings : StepSettings {
  bool allowed = false;
  std::vector<std::string> denial;  ///< what each step of a denied job prints, by lines
};

inline constexpr std::size_t kMaxGuardSettingsBytes = 65'536;

/// The file's text: lines `KEY VALUE` between `jobwarden-guard 1` and `end`. Control characters in
/// values become spaces, and a text of more than kMaxGuardSettingsBytes has less of the denial.
///
///   jobwarden-guard 1
///   verdict deny
///   denial job of a fork, refused
///   step_tokens named
///   keep_step mint
///   consumer deploy-tool login
///   end
std::string FormatGuardSettings(const GuardSettings& settings);

/// Nothing for text that is not whole and exact: an unknown key, a missing or second verdict, no
/// last line.
std::optional<GuardSettings> ParseGuardSettings(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_SETTINGS_H_
