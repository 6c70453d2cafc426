#ifndef JOBWARDEN_VERIFIER_METRICS_METRIC_H_
#define JOBWARDEN_VERIFIER_METRICS_METRIC_H_

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "verifier/metrics/exposition.h"

namespace jobwarden {

/// What is counted in the file of metrics. Names and labels are public: dashboards and alert rules
/// have them.
enum class Metric {
  kBuildInfo,
  kDecisions,
  kFindings,
  kVerificationTime,
  kLastDecision,
  kTokens,
  kIdTokenRequests,
  kAuditFailures,
  kKeyFetches,
  kKeysFetched,
  kKeysUsableUntil,
  kPolicyPulls,
  kPolicySerial,
  kPolicyExpires,
  kPolicyChecked,
  kProbeTime,
  kProbePassed,
};

struct MetricDefinition {
  Metric metric;
  std::string_view name;
  MetricType type;
  std::string_view help;
  std::vector<std::string_view> labels;
};

/// One definition for each Metric, in the order of that enumeration.
const std::vector<MetricDefinition>& MetricDefinitions();
const MetricDefinition& DefinitionOf(Metric metric);

/// The upper bounds of a histogram's buckets in seconds. The last bucket, `+Inf`, is not among
/// them.
inline constexpr std::array kBucketBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,  0.25,
                                          0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 100.0};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_METRICS_METRIC_H_
