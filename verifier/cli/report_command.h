#ifndef JOBWARDEN_VERIFIER_CLI_REPORT_COMMAND_H_
#define JOBWARDEN_VERIFIER_CLI_REPORT_COMMAND_H_

#include <string>

#include "verifier/cli/options.h"

namespace jobwarden {

/// Shows what audit files hold, as text or as a page, and returns the exit code. A configuration is
/// needed only if `config_given`, or if no file is named: without it the report knows neither rules
/// nor keys.
int RunReport(const std::string& config_path, bool config_given, const ReportOptions& options);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_REPORT_COMMAND_H_
