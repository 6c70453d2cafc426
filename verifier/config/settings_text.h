#ifndef JOBWARDEN_VERIFIER_CONFIG_SETTINGS_TEXT_H_
#define JOBWARDEN_VERIFIER_CONFIG_SETTINGS_TEXT_H_

#include <string>
#include <vector>

#include "verifier/config/config.h"

namespace jobwarden {

/// The settings of all files as one TOML text, each with the place where it is written:
/// `mode = "report"  # FILE:LINE:COLUMN`. With `effective` also those that nobody wrote and that
/// have a default: `# default`.
///
/// What follows the `?` of a URL, and a proxy's user and password, become `…`. REQUIRES:
/// ParseConfig accepts the files.
std::string SettingsText(const std::vector<ConfigFile>& files, bool effective);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_SETTINGS_TEXT_H_
