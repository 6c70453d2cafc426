#ifndef JOBWARDEN_VERIFIER_METRICS_COUNTING_H_
#define JOBWARDEN_VERIFIER_METRICS_COUNTING_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "verifier/admission/record.h"
#include "verifier/metrics/metric_set.h"

namespace jobwarden {

/// Counts a decision: its outcome, findings, duration, and the tokens of a job that runs.
void CountDecision(MetricSet& metrics, const Record& record);

/// Notes the result of a probe, which sends bad tokens to the installed driver or hook, `target`.
void NoteProbe(MetricSet& metrics, const std::string& target, bool passed,
               std::chrono::sys_seconds now);

/// Notes the pulled policy that is in force.
void NotePolicy(MetricSet& metrics, std::int64_t serial, std::chrono::sys_seconds expires,
                std::chrono::sys_seconds checked_at);

/// Notes which keys of an issuer are stored.
void NoteKeys(MetricSet& metrics, const std::string& issuer, std::chrono::sys_seconds fetched_at,
              std::chrono::sys_seconds usable_until);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_METRICS_COUNTING_H_
