#ifndef JOBWARDEN_HOOKS_GITHUB_SWEEP_H_
#define JOBWARDEN_HOOKS_GITHUB_SWEEP_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "hooks/github/token_search.h"
#include "verifier/base/result.h"
#include "verifier/os/tree_walk.h"

namespace jobwarden {

/// A folder to search.
struct SweptFolder {
  std::string path;        ///< absolute; a link is not searched
  std::string left_out;    ///< the file or folder in it that is not searched; empty: none
  bool with_keys = false;  ///< private keys count; a checkout may hold some for its tests
};

/// The position of a secret, never the secret itself.
struct TokenFound {
  std::string folder;  ///< the SweptFolder
  std::string file;    ///< relative to the folder
  std::size_t line;    ///< the first line is 1
  SecretKind kind = SecretKind::kIdToken;
  std::string path() const { return folder + "/" + file; }
};

/// What the kind is, in words for a person: `an id_token that has not expired`.
std::string_view SecretKindName(SecretKind kind);

struct SweepResult {
  /// At most kMaxTokensFound, each kind once a line; by folder, file, line and kind.
  std::vector<TokenFound> found;
  std::vector<std::string> not_whole;  ///< what was not searched and why, in words for a person
};

inline constexpr std::size_t kMaxTokensFound = 100;

/// The limits for one folder. The end of a job waits for the search.
inline constexpr TreeLimits kSweepLimits{
    .time = std::chrono::seconds(10), .bytes = std::uint64_t{1} << 30U, .entries = 1'000'000};

/// Searches the files of `folders` for secrets. It finds a JWT as it is and in base64 (RFC 4648 §4
/// and §5, also broken into lines), alone or among other bytes, whoever minted it; the other kinds
/// as they are. Nothing is verified. A JWT without a number as `exp` never expires.
///
/// The search is bounded and safe on a stranger's files, as ReadTree says; files that cannot be
/// read are passed over. It does not find tokens that are compressed, encrypted, encoded otherwise
/// or twice, or longer than kMaxTokenBytes. It calls `progress` from time to time: `412 MB of
/// "/srv/_work/_temp"`.
SweepResult Sweep(const std::vector<SweptFolder>& folders, const SoughtSecrets& sought,
                  const std::function<void(const std::string&)>& progress,
                  const TreeLimits& limits = kSweepLimits,
                  std::chrono::milliseconds progress_each = std::chrono::seconds(1));

/// Removes the file in which a secret was found, if it is still a regular file. It follows no link.
/// Other names of the file stay. STATE_UNWRITABLE.
Status RemoveSwept(const TokenFound& found);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_SWEEP_H_
