#include "verifier/audit/token_request_line.h"

#include <utility>

#include "verifier/admission/record.h"
#include "verifier/audit/audit.h"
#include "verifier/audit/journal_entry.h"
#include "verifier/audit/recorded.h"
#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/base/version.h"
#include "verifier/metrics/metrics_file.h"

namespace jobwarden {
namespace {

Value OrNull(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

}  // namespace

std::string WriteTokenRequestLine(const TokenRequestLine& line) {
  Array findings;
  for (const Finding& finding : line.findings) findings.push_back(FindingValue(finding));
  Object process{{"pid", line.pid == 0 ? Value() : Value(std::int64_t{line.pid})},
                 {"user", std::int64_t{line.user}},
                 {"place", OrNull(line.place)},
                 {"programs", Array(line.programs.begin(), line.programs.end())}};
  return WriteJson(
      Object{{"format", kRecordFormat},
             {"id", OrNull(line.decision_id)},
             {"kind", "id_token_request"},
             {"time", TimeText(line.time)},
             {"version", Version()},
             {"outcome", OutcomeName(OutcomeOf(line.findings))},
             {"rule", OrNull(line.rule)},
             {"job", Object{{"id", line.job_id}, {"project", line.job_project}}},
             {"step", OrNull(line.step)},
             {"use", OrNull(line.use)},
             {"audience", OrNull(line.audience)},
             {"process", std::move(process)},
             {"findings", std::move(findings)},
             {"token",
              line.token_sha256.empty() ? Value() : Value(Object{{"sha256", line.token_sha256}})}});
}

Findings RecordTokenRequest(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                            const TokenRequestLine& line) {
  TokenRequestLine shown = line;
  shown.findings = ToBeRecorded(std::move(shown.findings), settings);
  const std::string written = WriteTokenRequestLine(shown);
  auto recorded =
      AppendAuditLine(settings, job_users, written, [&] { return JournalEntry(shown, written); });
  const bool failed = !recorded;
  Findings findings;
  if (failed) findings = std::move(recorded).findings();
  if (!settings.required) findings = AsWarnings(std::move(findings));
  Append(findings, UpdateMetrics(settings.metrics_file, [&](MetricSet& metrics) {
           metrics.Add(Metric::kIdTokenRequests,
                       {std::string(OutcomeName(OutcomeOf(line.findings))), line.rule});
           if (failed) metrics.Add(Metric::kAuditFailures, {});
         }));
  return findings;
}

}  // namespace jobwarden
