#ifndef JOBWARDEN_VERIFIER_EXPOSURE_SETTINGS_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_SETTINGS_H_

#include <map>
#include <string>
#include <vector>

namespace jobwarden {

enum class ExposureAction { kStrip, kKeep };

/// `[exposure]`: what becomes of the tokens that a job does not use.
struct ExposureSettings {
  ExposureAction unused = ExposureAction::kStrip;
  ExposureAction legacy = ExposureAction::kStrip;
  bool job_may_keep = true;  ///< JOBWARDEN_KEEP in the job's variables counts
  bool report_only = false;  ///< `mode = "report"`: the plan is made and said, not carried out
  /// Variables that commands read by a fixed name, and those commands.
  std::map<std::string, std::vector<std::string>> consumers{
      {"NPM_ID_TOKEN", {"npm", "pnpm"}},
      {"PYPI_ID_TOKEN", {"twine", "uv", "id"}},
      {"SIGSTORE_ID_TOKEN", {"cosign", "gitsign", "npm", "pnpm"}},
  };
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_SETTINGS_H_
