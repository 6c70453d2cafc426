#ifndef JOBWARDEN_VERIFIER_CLI_REPLAY_H_
#define JOBWARDEN_VERIFIER_CLI_REPLAY_H_

#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/history/history.h"
#include "verifier/review/replay_matrix.h"

namespace jobwarden {

struct ReplayResult {
  ReplayMatrix matrix;
  HistoryResult read;
  std::uint64_t unreadable = 0;  ///< decisions of which a member has a form that is not known
};

/// Decides the decisions in the audit files again, by `now`. What they were is what the records
/// say; with `before`, what that configuration decides. Shows on a terminal how far it is.
Result<ReplayResult> ReplayFiles(const std::vector<std::string>& paths, const Config* before,
                                 const Config& now);

/// What was passed over, on lines of their own; empty if nothing was.
std::string PassedOverText(const ReplayResult& result);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_REPLAY_H_
