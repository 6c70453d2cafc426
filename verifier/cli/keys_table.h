#ifndef JOBWARDEN_VERIFIER_CLI_KEYS_TABLE_H_
#define JOBWARDEN_VERIFIER_CLI_KEYS_TABLE_H_

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/provider/issuer.h"
#include "verifier/token/key_set.h"

namespace jobwarden {

/// `2026-11-22T10:00:00Z`
std::string TimeText(std::chrono::sys_seconds time);

/// What there is of one issuer's keys.
struct ShownKeys {
  struct Times {
    std::chrono::sys_seconds fetched;
    std::chrono::sys_seconds fresh_until;
    std::chrono::sys_seconds stale_until;
  };
  std::string issuer;
  std::string state;   ///< `pinned`, `fresh`, `stale`, `expired`; `none` when there is no set
  std::string source;  ///< the URL that it came from, or the pinned file
  std::optional<Times> times;  ///< of a set that was fetched
  std::optional<KeySet> set;
  Findings findings;  ///< why there is no set, or none that may be used now
};

/// Reads what is stored or pinned; asks nobody.
ShownKeys ShowKeys(const Issuer& issuer, const std::string& state_dir,
                   std::chrono::sys_seconds now);

/// A line for each key, those that are skipped with the reason; below a line of headings.
std::string KeysTable(const std::vector<ShownKeys>& shown);

/// `{"format":1,"issuers":[…]}` and a newline.
std::string KeysJson(const std::vector<ShownKeys>& shown);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_KEYS_TABLE_H_
