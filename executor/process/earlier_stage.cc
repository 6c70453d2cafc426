#include "executor/process/earlier_stage.h"

#include <unistd.h>

#include <utility>
#include <vector>

#include "executor/process/leftovers.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

Status Judge(const std::vector<LeftProcess>& left) {
  if (left.empty()) return Ok();
  Finding finding{Code::kDriverFailed,
                  "processes of an earlier stage do not end: " + ProcessText(left)};
  if (!AllBlocked(left)) return finding;
  Say(STDERR_FILENO, "jobwarden: warning: " + finding.message + '\n');
  return Ok();
}

}  // namespace

Result<StageLock> TakeAfterEarlierStage(const std::string& lock, std::string_view mark) {
  auto taken = StageLock::Take(lock);
  if (!taken) return taken;
  if (taken->unfinished() && !mark.empty()) {
    if (auto judged = Judge(EndLeftovers(mark)); !judged) return std::move(judged).findings();
  }
  if (auto begun = taken->Begin(); !begun) return std::move(begun).findings();
  return taken;
}

}  // namespace jobwarden
