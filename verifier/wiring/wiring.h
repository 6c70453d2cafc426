#ifndef JOBWARDEN_VERIFIER_WIRING_WIRING_H_
#define JOBWARDEN_VERIFIER_WIRING_WIRING_H_

#include <string>
#include <vector>

#include "verifier/wiring/edit.h"

namespace jobwarden {

/// What to change in a runner's own configuration.
struct Wiring {
  std::vector<Edit> edits;  ///< none: everything is as it should be
  /// What the administrator has to add to jobwarden's configuration, so that what these edits
  /// replace stays in use.
  std::vector<std::string> to_add;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_WIRING_WIRING_H_
