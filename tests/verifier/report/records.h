#ifndef JOBWARDEN_TESTS_VERIFIER_REPORT_RECORDS_H_
#define JOBWARDEN_TESTS_VERIFIER_REPORT_RECORDS_H_

#include <chrono>
#include <stdexcept>
#include <string>

#include "verifier/admission/record.h"
#include "verifier/history/history.h"
#include "verifier/report/seen_decision.h"
#include "verifier/report/tally.h"

namespace jobwarden::testing {

inline constexpr std::chrono::sys_seconds kMorning{
    std::chrono::sys_days(std::chrono::year_month_day(
        std::chrono::year(2026), std::chrono::month(11), std::chrono::day(22)))};

inline Record Allowed(const std::string& rule = "deploys") {
  Record record;
  record.time = kMorning + std::chrono::hours(10);
  record.outcome = Outcome::kAllow;
  record.mode = "enforce";
  record.provider = "gitlab";
  record.rule = rule;
  record.id = "abcdefgh12345678";
  record.job_id = "7";
  record.job_project = "group/app";
  record.tokens = {{"id_token", "", {"A_TOKEN"}}, {"job_token", "", {"CI_JOB_TOKEN"}}};
  record.exposure.stripped = {"A_TOKEN"};
  record.exposure.kept = {"CI_JOB_TOKEN"};
  return record;
}

inline Record Denied(const std::string& project = "group/app",
                     const std::string& message = "exp: the token has expired") {
  Record record = Allowed("");
  record.outcome = Outcome::kDeny;
  record.job_project = project;
  record.findings = {{Code::kTokenExpired, message}, {Code::kNoRuleAllows, "no rule"}};
  return record;
}

/// The same decision of a policy in report mode.
inline Record Reported(Record record) {
  record.mode = "report";
  record.enforced = false;
  return record;
}

/// Counts the record as a line of the host's audit file.
inline void Add(Tally& tally, const Record& record, const std::string& host) {
  struct Counter final : HistoryVisitor {
    void Visit(const HistoryEntry& entry) override { tally->Add(ReadSeenDecision(entry), *host); }
    Tally* tally = nullptr;
    const std::string* host = nullptr;
  } counter;
  counter.tally = &tally;
  counter.host = &host;
  HistoryCount count;
  ReadHistoryLine(WriteRecord(record), "audit.jsonl", 1, counter, count);
  if (count.decisions != 1) throw std::runtime_error("no decision");
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VERIFIER_REPORT_RECORDS_H_
