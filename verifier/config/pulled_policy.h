#ifndef JOBWARDEN_VERIFIER_CONFIG_PULLED_POLICY_H_
#define JOBWARDEN_VERIFIER_CONFIG_PULLED_POLICY_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "verifier/base/result.h"

namespace jobwarden {

// Where `policy pull` leaves a policy for those who decide:
//
//   STATE_DIR/policy/current               a link to the folder of one version
//   STATE_DIR/policy/SERIAL-XXXXXX/        that folder; nothing in it changes but pulled.json
//       pulled.json, rules.d/*.toml, rules.sha256, tests/…
//
// A reader follows the link once and then reads in that folder alone, so it sees one version
// whole. A version is removed one switch after the link has left it.

/// What is noted about a version in its `pulled.json`.
struct PulledPolicy {
  std::string folder;       ///< of the version; not in the file
  std::int64_t serial = 0;  ///< at least 1; a policy is never replaced by one with a lower serial
  std::string version;      ///< the author's own name for it; may be empty
  std::chrono::sys_seconds expires;
  std::string key;     ///< SigningKey::text of the key that signed the bundle
  std::string sha256;  ///< of the bundle
  std::string url;     ///< where it came from; without a query, which may be a secret
  std::string etag;    ///< of the bundle there; may be empty
  std::chrono::sys_seconds pulled_at;
  std::chrono::sys_seconds checked_at;  ///< when the server last had nothing newer
};

/// `STATE_DIR/policy`
std::string PolicyFolder(const std::string& state_dir);

/// The folder to which the link `current` leads now. Empty if there is no link. POLICY_UNAVAILABLE
/// if the link cannot be read, or leads to what is not the name of a version.
Result<std::string> CurrentVersion(const std::string& state_dir);

/// The serial in the name of a version's folder; 0 if the name is not one.
std::int64_t SerialOf(std::string_view folder);

/// Reads the text of a `pulled.json`. POLICY_UNAVAILABLE for anything that WritePulled does not
/// write.
Result<PulledPolicy> ParsePulled(std::string_view text, const std::string& folder);
std::string WritePulled(const PulledPolicy& policy);

inline constexpr std::size_t kMaxPulledBytes = 16'384;

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_PULLED_POLICY_H_
