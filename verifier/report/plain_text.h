#ifndef JOBWARDEN_VERIFIER_REPORT_PLAIN_TEXT_H_
#define JOBWARDEN_VERIFIER_REPORT_PLAIN_TEXT_H_

#include <cstddef>
#include <string>

#include "verifier/report/report.h"

namespace jobwarden {

/// Of each table, for a terminal.
inline constexpr std::size_t kMaxTextRows = 15;

/// The report for a terminal: the figures, then the first rows of each table that has some.
std::string PlainText(const Report& report);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REPORT_PLAIN_TEXT_H_
