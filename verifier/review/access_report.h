#ifndef JOBWARDEN_VERIFIER_REVIEW_ACCESS_REPORT_H_
#define JOBWARDEN_VERIFIER_REVIEW_ACCESS_REPORT_H_

#include <string>
#include <vector>

#include "verifier/base/value.h"
#include "verifier/review/access_diff.h"

namespace jobwarden {

/// How the access is spoken of.
struct AccessWords {
  std::string kind;                  ///< `new access`, `lost access`
  std::string refusing;              ///< who refuses the jobs: `the old policy`
  std::vector<std::string> files{};  ///< of the allowing configuration: see Place
};

/// For people: each change with its example, then what is not decided.
std::string AccessText(const Access& access, const AccessWords& words);

/// `{"answer":"none"|"found"|"not decided","changes":[…],"undecided":[…]}`
Value AccessValue(const Access& access, const AccessWords& words);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_ACCESS_REPORT_H_
