#ifndef JOBWARDEN_VERIFIER_REPORT_REPORT_H_
#define JOBWARDEN_VERIFIER_REPORT_REPORT_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verifier/policy/rule.h"
#include "verifier/report/tally.h"

namespace jobwarden {

/// A table of a report. All texts are as they come from the audit file: who shows them escapes
/// them.
struct ReportTable {
  struct Column {
    std::string title;
    bool is_number = false;
  };
  std::string id;  ///< of the page's anchor
  std::string title;
  std::string note;        ///< what it says, or why it is empty
  std::string when_empty;  ///< good news, mostly
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;  ///< the most important first
};

/// A number that the report begins with.
struct ReportFigure {
  std::string title;
  std::uint64_t number = 0;
  bool is_bad = false;  ///< somebody should look if it is not zero
};

/// A bar of the chart.
struct ReportBar {
  std::string title;  ///< `2026-11-22`, `2026-11-22 10:00`
  OutcomeCounts counts;
};

/// What both the page and the text show.
struct Report {
  std::string made;  ///< when
  std::string span;  ///< of the decisions; empty: there are none
  std::vector<std::string> notes;
  std::vector<ReportFigure> figures;
  std::string bar_width;  ///< `hour`, `day`, `7 days`
  std::vector<ReportBar> bars;
  std::vector<ReportTable> tables;
};

/// What is known of an issuer's stored keys.
struct ReportedKeys {
  std::string issuer;
  std::optional<std::chrono::sys_seconds> fetched_at;  ///< absent: there are none, for `problem`
  std::chrono::sys_seconds usable_until{};
  std::string problem;
};

/// What a report is made from, besides the audit files.
struct ReportInput {
  std::chrono::sys_seconds now;
  std::vector<std::string> notes;  ///< shown at the top: lines that could not be read
  const Policy* policy = nullptr;  ///< null: not known, for `no_policy`
  std::string no_policy;
  std::vector<ReportedKeys> keys;  ///< empty: not known
};

/// At most so many bars are in the chart, whatever time the decisions span.
inline constexpr std::size_t kMaxBars = 120;

Report MakeReport(const Tally& tally, const ReportInput& input);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REPORT_REPORT_H_
