#ifndef JOBWARDEN_VERIFIER_CLI_RECORDED_DECISION_H_
#define JOBWARDEN_VERIFIER_CLI_RECORDED_DECISION_H_

#include <string>
#include <vector>

#include "verifier/admission/record.h"
#include "verifier/base/result.h"
#include "verifier/base/value.h"

namespace jobwarden {

struct FoundDecision {
  Record record;
  Array requests;  ///< the audit lines of its job's steps that asked for an id_token, by time
};

/// The decision with this id in the audit files, and in what a rotation made of them. `id` is as a
/// person writes it (see ReadDecisionId). CONFIG_INVALID if there is none, or its line cannot be
/// read; AUDIT_FAILED if a file cannot be.
Result<FoundDecision> FindDecision(const std::string& id, const std::vector<std::string>& files);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_RECORDED_DECISION_H_
