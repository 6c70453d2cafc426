#ifndef JOBWARDEN_VERIFIER_REPORT_READING_H_
#define JOBWARDEN_VERIFIER_REPORT_READING_H_

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "verifier/history/history.h"
#include "verifier/report/tally.h"

namespace jobwarden {

struct ReportReading {
  Tally tally;
  HistoryResult history;
};

/// Counts the decisions of audit files (see AuditFiles) that are not older than `since`.
ReportReading ReadForReport(const std::vector<std::string>& files, std::chrono::sys_seconds since,
                            const std::function<void(const HistoryProgress&)>& progress = {});

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REPORT_READING_H_
