#ifndef JOBWARDEN_VERIFIER_REPORT_TALLY_H_
#define JOBWARDEN_VERIFIER_REPORT_TALLY_H_

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "verifier/report/seen_decision.h"

namespace jobwarden {

/// How many decisions had each outcome.
struct OutcomeCounts {
  std::uint64_t allowed = 0;
  std::uint64_t denied = 0;
  std::uint64_t would_deny = 0;  ///< in mode `report`: the job ran
  std::uint64_t failed = 0;      ///< no decision: `usage`, `error`; in mode `report` too
  std::uint64_t all() const { return allowed + denied + would_deny + failed; }
  void Add(const SeenDecision& decision);
  OutcomeCounts& operator+=(const OutcomeCounts& other);
};

/// Jobs that were refused, or would be, for one reason.
struct Refusals {
  std::uint64_t count = 0;
  std::chrono::sys_seconds last;
  std::string id;       ///< of the last decision
  std::string job_id;   ///< of the last job
  std::string message;  ///< its first finding that forbids
  Refusals& operator+=(const Refusals& other);
};

/// What the tables of refusals have one row for.
struct RefusalKey {
  bool would = false;   ///< the job ran: `mode = "report"` of the policy, or of the deny rule
  std::string reasons;  ///< codes of the findings that forbid: `TOKEN_EXPIRED, NO_RULE_ALLOWS`
  std::string project;
  std::string host;
  auto operator<=>(const RefusalKey&) const = default;
};

/// What happened to a token's name.
struct TreatmentCounts {
  std::uint64_t stripped = 0;
  std::uint64_t masked = 0;
  std::uint64_t kept = 0;
  std::uint64_t would_strip = 0;  ///< in mode `report`
  TreatmentCounts& operator+=(const TreatmentCounts& other);
};

/// A step's requests for id_tokens: outcome, code of the finding, project, audience.
struct RequestKey {
  std::string outcome;
  std::string code;
  std::string project;
  std::string audience;
  auto operator<=>(const RequestKey&) const = default;
};

struct RequestCounts {
  std::uint64_t count = 0;
  std::chrono::sys_seconds last;
  std::string decision_id;  ///< of the job that made the last one
  RequestCounts& operator+=(const RequestCounts& other);
};

/// The sums of decisions that a report shows. They take memory for what differs, not for each
/// decision: strangers choose projects and names of variables, so each table has about kMaxRows
/// rows, and what comes after that is counted in rows `(others)`.
class Tally {
 public:
  static constexpr std::size_t kMaxRows = 20'000;
  static constexpr std::string_view kOthers = "(others)";

  /// Counts a decision of the host.
  void Add(const SeenDecision& decision, const std::string& host);
  void Add(const SeenRequest& request);
  /// Adds what another tally has counted.
  void Merge(const Tally& other);

  OutcomeCounts outcomes;
  std::optional<std::chrono::sys_seconds> first;
  std::optional<std::chrono::sys_seconds> last;
  std::map<std::int64_t, OutcomeCounts> hours;  ///< by hour since 1970
  std::map<std::string, OutcomeCounts> hosts;
  std::map<std::string, OutcomeCounts> projects;
  std::map<RefusalKey, Refusals> refusals;
  std::map<std::pair<std::string, bool>, std::uint64_t> findings;  ///< by code; true: forbids
  std::map<std::string, std::uint64_t> allow_rules;                ///< how often each decided
  std::map<std::string, std::uint64_t> deny_rules;  ///< by the finding's words: `rule "NAME"`
  std::map<std::string, TreatmentCounts> kinds;     ///< of tokens
  std::map<std::pair<std::string, std::string>, TreatmentCounts> names;  ///< by name and kind
  std::map<RequestKey, RequestCounts> requests;
  std::set<std::string> policies;  ///< digests of the policies that decided

 private:
  void AddRefusal(const SeenDecision& decision, const RefusalKey& key, const std::string& message);
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REPORT_TALLY_H_
