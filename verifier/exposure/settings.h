#ifndef JOBWARDEN_VERIFIER_EXPOSURE_SETTINGS_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_SETTINGS_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/glob.h"

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

/// The commands that read a variable by a fixed name, by that name; in those that are built in `*`
/// stands for a part that the command knows otherwise, as the name of a registry.
using Consumers = std::map<std::string, std::vector<std::string>>;

/// Those that are built in.
Consumers KnownConsumers();

/// `[[exposure.rule]]`: what becomes of the values of variables whose names fit.
struct ExposureRule {
  Glob variable;
  ExposureAction action;
};

/// The first of `rules` that fits a variable's name; null: none does.
const ExposureRule* FirstRuleFor(std::string_view name, std::span<const ExposureRule> rules);

/// `[exposure]`: what becomes of the tokens that a job does not use.
struct ExposureSettings {
  ExposureAction unused = ExposureAction::kStrip;
  Usage usage = Usage::kCheckout;
  ExposureAction secrets = ExposureAction::kMask;
  ExposureAction legacy = ExposureAction::kStrip;
  bool job_may_keep = true;            ///< JOBWARDEN_KEEP in the job's variables counts
  bool strip_git_credentials = false;  ///< the job token leaves git's configuration
  bool mask_output = true;
  bool report_only = false;  ///< `mode = "report"`: the plan is made and said, not carried out
  /// Variables that commands read by a fixed name, and those commands.
  Consumers consumers = KnownConsumers();
  std::vector<ExposureRule> rules;  ///< the first that fits wins over all of the above
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_SETTINGS_H_
