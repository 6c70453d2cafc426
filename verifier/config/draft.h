#ifndef JOBWARDEN_VERIFIER_CONFIG_DRAFT_H_
#define JOBWARDEN_VERIFIER_CONFIG_DRAFT_H_

#include <string_view>
#include <vector>

#include "verifier/config/config.h"
#include "verifier/config/document.h"
#include "verifier/config/schema.h"

namespace jobwarden {

/// A configuration while it is read, and the tables that its parts came from, in the same order:
/// for what can only be checked when all is read, and must still be said with its place.
struct Draft {
  Config config;
  std::vector<const Node*> issuer_tables;
  std::vector<const Node*> allow_tables;
  std::vector<const Node*> deny_tables;
  const Node* executor_table = nullptr;
};

/// The place of a table's entry; that of the table when it has none of that name.
inline Place PlaceIn(const Node& table, std::string_view key) {
  const Node* value = table.Find(key);
  return value == nullptr ? table.place : value->place;
}

// The readers of the tables that have a file of their own.
void ReadIssuers(const Field& field, Draft& draft);
void ReadAllowRules(const Field& field, Draft& draft);
void ReadDenyRules(const Field& field, Draft& draft);
void ReadExposure(const Field& field, Draft& draft);
void ReadExecutor(const Field& field, Draft& draft);
void ReadGitHub(const Field& field, Draft& draft);

/// That issuers' names differ, and no token could belong to two of them.
void CheckIssuers(const Draft& draft, Problems& problems);
/// That nothing is asked of a wrapped driver that only the local one can do.
void CheckExecutor(const Draft& draft, Problems& problems);
/// That rules' names differ and name issuers that exist. REQUIRES: all files are read.
void CheckRules(const Draft& draft, Problems& problems);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_DRAFT_H_
