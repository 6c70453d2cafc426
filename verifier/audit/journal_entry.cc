#include "verifier/audit/journal_entry.h"

#include <fmt/format.h>
#include <syslog.h>

#include <initializer_list>
#include <string_view>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

using Fields = std::vector<JournalField>;

// An administrator's filter by priority shows what was refused, and above that what is broken.
int PriorityOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAllow:
      return LOG_INFO;
    case Outcome::kDeny:
      return LOG_WARNING;
    case Outcome::kUsage:
    case Outcome::kError:
      break;
  }
  return LOG_ERR;
}

std::vector<std::string> CodesOf(const Findings& findings) {
  std::vector<std::string> codes;
  for (const Finding& finding : findings) {
    if (Forbids(finding)) codes.emplace_back(CodeName(finding.code));
  }
  return codes;
}

std::string JobWords(const std::string& id, const std::string& project) {
  const std::string job = id.empty() ? "a job" : "job " + QuoteName(id);
  return project.empty() ? job : fmt::format("{} of {}", job, Quote(project));
}

// The fields of both entries; those without a value are left out.
Fields Common(std::string message, Outcome outcome, const Findings& findings,
              const std::string& line) {
  Fields fields{{"MESSAGE", std::move(message)},
                {"PRIORITY", std::to_string(PriorityOf(outcome))},
                {"SYSLOG_IDENTIFIER", "jobwarden"},
                {"JOBWARDEN_OUTCOME", std::string(OutcomeName(outcome))}};
  for (std::string& code : CodesOf(findings)) {
    fields.push_back({"JOBWARDEN_FINDING", std::move(code)});
  }
  fields.push_back({"JOBWARDEN_RECORD", line});
  return fields;
}

void Add(Fields& fields, std::initializer_list<JournalField> more) {
  for (const JournalField& field : more) {
    if (!field.value.empty()) fields.push_back(field);
  }
}

std::string Words(const Record& record) {
  const std::string would = record.enforced ? "" : "would be ";
  switch (record.outcome) {
    case Outcome::kAllow:
      return "allowed by rule " + Quote(record.rule);
    case Outcome::kDeny:
      return fmt::format("{}denied: {}", would, Join(CodesOf(record.findings), ", "));
    case Outcome::kUsage:
    case Outcome::kError:
      break;
  }
  return fmt::format("{}not allowed, because it could not be checked: {}", would,
                     Join(CodesOf(record.findings), ", "));
}

}  // namespace

std::vector<JournalField> JournalEntry(const Record& record, const std::string& line) {
  Fields fields =
      Common(fmt::format("{} {}", JobWords(record.job_id, record.job_project), Words(record)),
             record.outcome, record.findings, line);
  Add(fields, {{"JOBWARDEN_ID", record.id},
               {"JOBWARDEN_MODE", record.mode},
               {"JOBWARDEN_ENFORCED", record.enforced ? "true" : "false"},
               {"JOBWARDEN_PROVIDER", record.provider},
               {"JOBWARDEN_ISSUER", record.issuer},
               {"JOBWARDEN_RULE", record.rule},
               {"JOBWARDEN_JOB", record.job_id},
               {"JOBWARDEN_PROJECT", record.job_project},
               {"JOBWARDEN_POLICY_SHA256", record.policy_sha256}});
  return fields;
}

std::vector<JournalField> JournalEntry(const TokenRequestLine& request, const std::string& line) {
  const Outcome outcome = OutcomeOf(request.findings);
  const std::string audience =
      request.audience.empty() ? "the server's own choice" : Quote(request.audience);
  const std::string words = outcome == Outcome::kAllow
                                ? "got an id_token"
                                : "got no id_token: " + Join(CodesOf(request.findings), ", ");
  Fields fields =
      Common(fmt::format("a step of {} asked for audience {} and {}",
                         JobWords(request.job_id, request.job_project), audience, words),
             outcome, request.findings, line);
  Add(fields, {{"JOBWARDEN_ID", request.decision_id},
               {"JOBWARDEN_KIND", "id_token_request"},
               {"JOBWARDEN_RULE", request.rule},
               {"JOBWARDEN_JOB", request.job_id},
               {"JOBWARDEN_PROJECT", request.job_project},
               {"JOBWARDEN_STEP", request.step},
               {"JOBWARDEN_AUDIENCE", request.audience}});
  return fields;
}

}  // namespace jobwarden
