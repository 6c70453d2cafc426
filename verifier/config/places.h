#ifndef JOBWARDEN_VERIFIER_CONFIG_PLACES_H_
#define JOBWARDEN_VERIFIER_CONFIG_PLACES_H_

#include <optional>
#include <string>
#include <string_view>

#include "verifier/config/config.h"
#include "verifier/config/document.h"

namespace jobwarden {

/// Where settings stand in `jobwarden.toml`, for messages about what they name on this machine. A
/// configuration that was read well does not need it.
class SettingPlaces {
 public:
  /// Reads the bytes again. Of a file that is not TOML no place is known.
  explicit SettingPlaces(const ConfigFile& file);

  /// `FILE:LINE:COLUMN` of a setting: the names of tables and keys with dots between, a number for
  /// the entry of a list, from 0 (`executor.wrap.run`, `issuer.0.keys.file`). For a setting that is
  /// not written there, the place of the innermost table around it; `FILE` where there is none.
  std::string Of(std::string_view setting) const;
  /// The same place of the one file; its beginning where there is none.
  Place At(std::string_view setting) const;

 private:
  const Node* Find(std::string_view setting) const;

  Problems file_;
  std::optional<Node> document_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_PLACES_H_
