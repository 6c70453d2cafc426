#include "verifier/metrics/metric.h"

namespace jobwarden {

const std::vector<MetricDefinition>& MetricDefinitions() {
  using enum MetricType;
  static const std::vector<MetricDefinition> kDefinitions{
      {Metric::kBuildInfo,
       "jobwarden_build_info",
       kGauge,
       "The version that wrote the file last.",
       {"version"}},
      {Metric::kDecisions,
       "jobwarden_decisions_total",
       kCounter,
       "Decisions about jobs. In mode report a job runs whatever the outcome is.",
       {"outcome", "mode", "provider", "issuer", "rule"}},
      {Metric::kFindings,
       "jobwarden_decision_findings_total",
       kCounter,
       "Decisions in which a finding appears. Warnings forbid nothing.",
       {"code", "severity", "mode"}},
      {Metric::kVerificationTime,
       "jobwarden_verification_duration_seconds",
       kHistogram,
       "From a job's tokens to the decision, the fetch of keys included.",
       {"provider"}},
      {Metric::kLastDecision,
       "jobwarden_last_decision_timestamp_seconds",
       kGauge,
       "Time of the last decision.",
       {}},
      {Metric::kTokens,
       "jobwarden_tokens_total",
       kCounter,
       "Names of tokens in jobs that run, by what happens to them. In mode report it is what would "
       "happen.",
       {"treatment", "kind", "mode"}},
      {Metric::kIdTokenRequests,
       "jobwarden_id_token_requests_total",
       kCounter,
       "Requests of GitHub steps for an id_token.",
       {"outcome", "rule"}},
      {Metric::kAuditFailures,
       "jobwarden_audit_failures_total",
       kCounter,
       "Lines that could not be written to the audit file.",
       {}},
      {Metric::kKeyFetches,
       "jobwarden_key_fetches_total",
       kCounter,
       "Fetches of an issuer's key set by jobwarden keys refresh.",
       {"issuer", "result"}},
      {Metric::kKeysFetched,
       "jobwarden_keys_fetched_timestamp_seconds",
       kGauge,
       "Time at which an issuer's stored key set was fetched.",
       {"issuer"}},
      {Metric::kKeysUsableUntil,
       "jobwarden_keys_usable_until_timestamp_seconds",
       kGauge,
       "Time until which an issuer's stored key set can be used without another fetch.",
       {"issuer"}},
      {Metric::kProbeTime,
       "jobwarden_probe_timestamp_seconds",
       kGauge,
       "Time of the last probe of the installed driver or hook with bad tokens.",
       {"target"}},
      {Metric::kProbePassed,
       "jobwarden_probe_passed",
       kGauge,
       "Whether the last probe saw each bad token refused.",
       {"target"}},
  };
  return kDefinitions;
}

const MetricDefinition& DefinitionOf(Metric metric) {
  return MetricDefinitions()[static_cast<std::size_t>(metric)];
}

}  // namespace jobwarden
