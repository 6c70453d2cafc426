#ifndef JOBWARDEN_HOOKS_GITHUB_SWEEP_H_
#define JOBWARDEN_HOOKS_GITHUB_SWEEP_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace jobwarden {

/// Where a live token lay: `FILE:LINE`, never the token.
struct TokenFound {
  std::string file;  ///< absolute
  std::size_t line;  ///< the first is 1
};

struct SweepResult {
  std::vector<TokenFound> found;       ///< at most kMaxTokensFound, one a line
  std::vector<std::string> not_whole;  ///< folders that were not seen whole, and why
};

inline constexpr std::size_t kMaxTokensFound = 100;

/// Looks through the files of `folders` for JWTs of `issuers` (their urls) that have not expired at
/// `now`, whoever minted them; nothing is verified. Bounded in time and size as ReadTree is; each
/// second that it takes `progress` is called with what was read so far.
SweepResult Sweep(const std::vector<std::string>& folders, const std::vector<std::string>& issuers,
                  std::chrono::sys_seconds now,
                  const std::function<void(const std::string&)>& progress);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_SWEEP_H_
