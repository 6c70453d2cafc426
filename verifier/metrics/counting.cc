#include "verifier/metrics/counting.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "verifier/base/finding.h"

namespace jobwarden {
namespace {

double UnixTime(std::chrono::sys_seconds time) {
  return static_cast<double>(time.time_since_epoch().count());
}

std::string KindOf(const Record& record, const std::string& name) {
  for (const Record::ExposedToken& token : record.tokens) {
    if (std::find(token.names.begin(), token.names.end(), name) != token.names.end()) {
      return token.kind;
    }
  }
  return "unknown";
}

void CountTokens(MetricSet& metrics, const Record& record, std::string_view treatment,
                 const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    metrics.Add(Metric::kTokens, {std::string(treatment), KindOf(record, name), record.mode});
  }
}

}  // namespace

void CountDecision(MetricSet& metrics, const Record& record) {
  metrics.Add(Metric::kDecisions, {std::string(OutcomeName(record.outcome)), record.mode,
                                   record.provider, record.issuer, record.rule});
  std::set<std::pair<Code, bool>> findings;
  for (const Finding& finding : record.findings) {
    if (!findings.emplace(finding.code, Forbids(finding)).second) continue;
    metrics.Add(Metric::kFindings, {std::string(CodeName(finding.code)),
                                    Forbids(finding) ? "error" : "warning", record.mode});
  }
  metrics.Observe(Metric::kVerificationTime, {record.provider},
                  std::chrono::duration<double>(record.duration).count());
  metrics.Set(Metric::kLastDecision, {}, UnixTime(record.time));
  if (record.policy_serial > 0) {
    metrics.Set(Metric::kPolicySerial, {}, static_cast<double>(record.policy_serial));
  }
  if (!record.Runs()) return;
  CountTokens(metrics, record, "stripped", record.exposure.stripped);
  CountTokens(metrics, record, "masked", record.exposure.masked);
  CountTokens(metrics, record, "kept", record.exposure.kept);
}

void NoteProbe(MetricSet& metrics, const std::string& target, bool passed,
               std::chrono::sys_seconds now) {
  metrics.Set(Metric::kProbeTime, {target}, UnixTime(now));
  metrics.Set(Metric::kProbePassed, {target}, passed ? 1 : 0);
}

void NotePolicy(MetricSet& metrics, std::int64_t serial, std::chrono::sys_seconds expires,
                std::chrono::sys_seconds checked_at) {
  metrics.Set(Metric::kPolicySerial, {}, static_cast<double>(serial));
  metrics.Set(Metric::kPolicyExpires, {}, UnixTime(expires));
  metrics.Set(Metric::kPolicyChecked, {}, UnixTime(checked_at));
}

void NoteKeys(MetricSet& metrics, const std::string& issuer, std::chrono::sys_seconds fetched_at,
              std::chrono::sys_seconds usable_until) {
  metrics.Set(Metric::kKeysFetched, {issuer}, UnixTime(fetched_at));
  metrics.Set(Metric::kKeysUsableUntil, {issuer}, UnixTime(usable_until));
}

}  // namespace jobwarden
