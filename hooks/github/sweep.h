#ifndef JOBWARDEN_HOOKS_GITHUB_SWEEP_H_
#define JOBWARDEN_HOOKS_GITHUB_SWEEP_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/os/tree_walk.h"

namespace jobwarden {

/// A folder to look through.
struct SweptFolder {
  std::string path;      ///< absolute; where a link lies nothing is looked through
  std::string left_out;  ///< what lies in it under this name is not looked at; empty: nothing
};

/// Where a live token lay: never the token.
struct TokenFound {
  std::string folder;  ///< of those that were looked through
  std::string file;    ///< below it
  std::size_t line;    ///< the first is 1
  std::string path() const { return folder + "/" + file; }
};

struct SweepResult {
  std::vector<TokenFound> found;  ///< at most kMaxTokensFound, one a line; by folder, file and line
  std::vector<std::string> not_whole;  ///< what was not looked at, and why, in words for a person
};

inline constexpr std::size_t kMaxTokensFound = 100;

/// What looking through one folder may cost. A job waits for it when it is over.
inline constexpr TreeLimits kSweepLimits{
    .time = std::chrono::seconds(10), .bytes = std::uint64_t{1} << 30U, .entries = 1'000'000};

/// Looks through the files of `folders` for JWTs of `issuers` (their urls) that have not expired at
/// `now`, whoever minted them: as they are, and in base64 (RFC 4648 §4 and §5, also broken into
/// lines), alone or among other bytes. Nothing is verified, and one without an `exp` that is a
/// number never expires.
///
/// Bounded, and no harm in what strangers wrote, as ReadTree says; what cannot be read is passed
/// over. Not found is what is compressed, encrypted, encoded otherwise or twice, or longer than
/// kMaxTokenBytes. While it takes its time, `progress` is called now and then: `412 MB of
/// "/srv/_work/_temp"`.
SweepResult Sweep(const std::vector<SweptFolder>& folders, const std::vector<std::string>& issuers,
                  std::chrono::sys_seconds now,
                  const std::function<void(const std::string&)>& progress,
                  const TreeLimits& limits = kSweepLimits,
                  std::chrono::milliseconds progress_each = std::chrono::seconds(1));

/// Removes the file in which a token was found, if it is a regular file still; no link is followed
/// on the way to it, and what other names it has stay. STATE_UNWRITABLE.
Status RemoveSwept(const TokenFound& found);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_SWEEP_H_
