#ifndef JOBWARDEN_VERIFIER_REPORT_PAGE_H_
#define JOBWARDEN_VERIFIER_REPORT_PAGE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "verifier/report/report.h"

namespace jobwarden {

/// No page is larger.
inline constexpr std::size_t kMaxPageBytes = std::size_t{2} * 1000 * 1000;

/// The report as one HTML page, which loads nothing: no script, style, image or font from
/// elsewhere.
///
/// The page's content security policy permits its own style and its own script by their digests,
/// and nothing else. So a text of the audit file that would become a script, in spite of Html, is
/// not run. Without scripts the page is whole; only the filter is gone.
std::string Page(const Report& report);

/// The style and the script of the page, which the build puts in.
extern const std::string_view kReportStyle;
extern const std::string_view kReportScript;

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REPORT_PAGE_H_
