#ifndef JOBWARDEN_VERIFIER_REVIEW_CHECK_H_
#define JOBWARDEN_VERIFIER_REVIEW_CHECK_H_

#include <cstddef>
#include <string>
#include <vector>

#include "verifier/config/config.h"
#include "verifier/review/remark.h"

namespace jobwarden {

/// What there is to say of a configuration's text.
struct Review {
  std::vector<std::string> files;  ///< the paths that places count
  std::vector<Remark> remarks;     ///< mistakes and warnings, in the order of their places
  std::size_t silenced = 0;        ///< warnings that are not among them
  std::size_t rules = 0;

  std::size_t mistakes() const;
  std::size_t warnings() const { return remarks.size() - mistakes(); }
};

/// Finds everything that is refused in the files, and everything that is legal and dangerous,
/// except what `[policy] ignore` or a comment silences (see IgnoreComments). A rule with a mistake
/// is not looked at further. Nothing but the text is looked at. REQUIRES: at least one file, the
/// configuration first.
Review ReviewConfig(const std::vector<ConfigFile>& files);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_CHECK_H_
