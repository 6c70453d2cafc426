#ifndef JOBWARDEN_VERIFIER_EXPOSURE_SETTINGS_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_SETTINGS_H_

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/glob.h"
#include "verifier/base/place.h"

namespace jobwarden {

/// From what leaves least of a token to what leaves most.
enum class ExposureAction {
  kStrip,  ///< taken out of the job; hidden where it is printed all the same
  kMask,   ///< left in the job; hidden where it is printed
  kKeep,   ///< left in the job
};

/// Where names of tokens are looked for.
enum class Usage {
  kScript,    ///< the stage's own lines
  kCheckout,  ///< the files of the checkout too
};

/// The commands that read a variable by a fixed name, by that name. In those that are built in, `*`
/// is a part that the command knows otherwise, as the name of a registry, and some words are not
/// commands but what configurations call the variable (`useJobToken: true`).
using Consumers = std::map<std::string, std::vector<std::string>>;

/// Those that are built in.
Consumers KnownConsumers();

/// `[[exposure.rule]]`: what becomes of the values of variables whose names fit.
struct ExposureRule {
  Glob variable;
  ExposureAction action;
  Place place{};  ///< where it is written
};

/// The first of `rules` that fits a variable's name; null: none does.
const ExposureRule* FirstRuleFor(std::string_view name, std::span<const ExposureRule> rules);

/// `[exposure]`: what becomes of the tokens that a job does not use.
struct ExposureSettings {
  ExposureAction unused = ExposureAction::kStrip;
  Usage usage = Usage::kCheckout;
  /// What becomes of names that a person made from a token (`GITLAB_TOKEN: $CI_JOB_TOKEN`): kKeep,
  /// or kStrip, which treats them as the server's own names. Absent: see KeepsAliases.
  std::optional<ExposureAction> aliases;
  ExposureAction secrets = ExposureAction::kMask;
  ExposureAction legacy = ExposureAction::kStrip;
  bool job_may_keep = true;            ///< JOBWARDEN_KEEP in the job's variables counts
  bool strip_git_credentials = false;  ///< the job token leaves git's configuration
  bool mask_output = true;
  bool report_only = false;  ///< `mode = "report"`: the plan is made and said, not carried out
  /// Variables that commands read by a fixed name, and those commands.
  Consumers consumers = KnownConsumers();
  std::vector<ExposureRule> rules;  ///< the first that fits wins over all of the above

  /// Whether a name that a person made from a token counts as a use: unless something else is set,
  /// it does where files are searched for uses, and not where the script's own lines alone count.
  bool KeepsAliases() const {
    const bool by_default = usage == Usage::kCheckout;
    return aliases ? *aliases == ExposureAction::kKeep : by_default;
  }
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_SETTINGS_H_
