#ifndef JOBWARDEN_VERIFIER_REPORT_SEEN_DECISION_H_
#define JOBWARDEN_VERIFIER_REPORT_SEEN_DECISION_H_

#include <chrono>
#include <string>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/history/history.h"

namespace jobwarden {

/// What a report takes from an audit line about a job. Members that are absent are empty.
struct SeenDecision {
  struct Reason {
    std::string code;  ///< also one that this version does not know
    std::string message;
    bool forbids = false;
    bool report_only = false;
  };
  struct Name {
    std::string name;
    std::string kind;  ///< of the token; `unknown` if the line does not say
  };

  std::chrono::sys_seconds time;
  Outcome outcome = Outcome::kError;
  bool reported = false;  ///< mode `report`
  bool ran = false;       ///< the job ran after the decision
  std::string id;
  std::string rule;
  std::string job_id;
  std::string project;
  std::string policy_sha256;
  std::vector<Reason> findings;
  std::vector<Name> stripped;
  std::vector<Name> masked;
  std::vector<Name> kept;
};

/// REQUIRES: the entry is a decision.
SeenDecision ReadSeenDecision(const HistoryEntry& entry);

/// What a report takes from an audit line about a step's request for an id_token.
struct SeenRequest {
  std::chrono::sys_seconds time;
  std::string decision_id;  ///< of the decision about the job
  std::string outcome;
  std::string project;
  std::string audience;
  std::string code;  ///< of the first finding; empty: none
};

/// REQUIRES: the entry is such a request.
SeenRequest ReadSeenRequest(const HistoryEntry& entry);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REPORT_SEEN_DECISION_H_
