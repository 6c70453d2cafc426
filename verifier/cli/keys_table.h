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

/// The keys of one issuer.
struct ShownKeys {
  struct Times {
    std::chrono::sys_seconds fetched;
    std::chrono::sys_seconds fresh_until;
    std::chrono::sys_seconds stale_until;
  };
  std::string issuer;
  std::string state;   ///< `pinned`, `fresh`, `stale`, `expired`; `none` when there is no set
  std::string source;  ///< the URL of the set, or the pinned file
  std::optional<Times> times;  ///< of a set that was fetched
  std::optional<KeySet> set;
  Findings findings;  ///< why there is no set, or why it may not be used now
};

/// Reads the keys that are stored or pinned. It uses no network.
ShownKeys ShowKeys(const Issuer& issuer, const std::string& state_dir,
                   std::chrono::sys_seconds now);

/// A line of headings, then a line for each key. Skipped keys have the reason.
std::string KeysTable(const std::vector<ShownKeys>& shown);

/// `{"format":1,"issuers":[…]}` and a newline.
std::string KeysJson(const std::vector<ShownKeys>& shown);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_KEYS_TABLE_H_
