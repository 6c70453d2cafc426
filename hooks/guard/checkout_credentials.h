#ifndef JOBWARDEN_HOOKS_GUARD_CHECKOUT_CREDENTIALS_H_
#define JOBWARDEN_HOOKS_GUARD_CHECKOUT_CREDENTIALS_H_

#include <string>
#include <string_view>

namespace jobwarden {

/// A file of git's configuration without the credentials that actions/checkout before v6 leaves in
/// it (`http.URL.extraheader` with an authorization), and what was taken out.
struct DividedConfig {
  std::string rest;
  std::string taken;  ///< sections that can be appended to the rest; empty: there are none
};

/// Divides the text. All other lines of it stay as they are.
DividedConfig DivideConfig(std::string_view config);

/// The text with the sections that were taken out of it, or out of an earlier form of it. What it
/// has already is not added.
std::string WithSections(std::string_view config, std::string_view taken);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GUARD_CHECKOUT_CREDENTIALS_H_
