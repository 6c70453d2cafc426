#ifndef JOBWARDEN_VERIFIER_REVIEW_REMARK_H_
#define JOBWARDEN_VERIFIER_REVIEW_REMARK_H_

#include <string>

#include "verifier/base/place.h"

namespace jobwarden {

/// What there is to say about a place of a file.
struct Remark {
  Place place;
  std::string code;  ///< CONFIG_INVALID for a mistake; of a warning see lint_code.h
  std::string message;
  std::string hint{};
  bool is_mistake = false;  ///< it is refused; a warning is not
  std::string rule{};       ///< name of the rule that it is about; empty: none
  Place rule_place{};       ///< where that rule begins
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_REMARK_H_
