#include "tests/e2e/github/guard_folder.h"

#include <filesystem>
#include <fstream>

#include "hooks/step/guarded_names.h"
#include "tests/support/places.h"

namespace jobwarden::testing {

namespace fs = std::filesystem;

GuardSettings Allowed() {
  GuardSettings settings;
  settings.allowed = true;
  settings.step_tokens = StepTokens::kNamed;
  settings.step_tokens = StepTokens::kNamed;
  return settings;
}

GuardSettings Denied(const std::string& reason) {
  GuardSettings settings;
  settings.denial = {reason, "ask #ci-platform"};
  return settings;
}

void MakeWholeGuardFolder(const std::string& folder, const GuardSettings& settings) {
  fs::create_directories(folder);
  std::ofstream(fs::path(folder) / kGuardSettingsName) << FormatGuardSettings(settings);
  for (const std::string_view name : kGuardedNames) {
    fs::create_symlink(Program("jobwarden-guard"), fs::path(folder) / name);
  }
}

}  // namespace jobwarden::testing
