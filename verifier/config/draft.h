#ifndef JOBWARDEN_VERIFIER_CONFIG_DRAFT_H_
#define JOBWARDEN_VERIFIER_CONFIG_DRAFT_H_

#include <set>
#include <string_view>
#include <vector>

#include "verifier/config/config.h"
#include "verifier/config/document.h"
#include "verifier/config/schema.h"

namespace jobwarden {

/// A configuration while it is read, and the tables from which its parts come, in the same order.
/// The tables give the places of faults that can only be found when everything is read.
struct Draft {
  Config config;
  std::vector<const Node*> issuer_tables;
  std::vector<const Node*> allow_tables;
  std::vector<const Node*> deny_tables;
  const Node* executor_table = nullptr;
  std::set<const Node*> faulty_tables;  ///< of rules that are not what their author wrote
};

/// The place of a table's entry; if the entry is absent, the place of the table.
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
void ReadServe(const Field& field, Draft& draft);
void ReadPull(const Field& field, PolicySettings& settings);

// The keys that those tables may have, for ConfigKeys.
void ListIssuerKeys(KeyPaths& paths);
void ListRuleKeys(KeyPaths& paths);
void ListExposureKeys(KeyPaths& paths);
void ListExecutorKeys(KeyPaths& paths);
void ListGitHubKeys(KeyPaths& paths);
void ListServeKeys(KeyPaths& paths);
void ListPullKeys(KeyPaths& paths);

/// Checks that issuers' names differ, and that no token could belong to two issuers.
void CheckIssuers(const Draft& draft, Problems& problems);
/// Checks that nothing is asked of a wrapped driver that only the local driver can do.
void CheckExecutor(const Draft& draft, Problems& problems);
/// Checks that rules' names differ, and that the issuers of rules exist. REQUIRES: all files are
/// read.
void CheckRules(const Draft& draft, Problems& problems);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_DRAFT_H_
