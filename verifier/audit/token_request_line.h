#ifndef JOBWARDEN_VERIFIER_AUDIT_TOKEN_REQUEST_LINE_H_
#define JOBWARDEN_VERIFIER_AUDIT_TOKEN_REQUEST_LINE_H_

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// A step's request for an id_token, as the audit file has it.
struct TokenRequestLine {
  std::chrono::sys_seconds time;
  std::string decision_id;  ///< Record::id of the decision about the job
  Findings findings;        ///< why it was refused; warnings do not refuse
  std::string job_id;
  std::string job_project;
  std::string rule;
  std::string step;      ///< GITHUB_ACTION; empty: the ticket is no step's
  std::string use;       ///< what the step's text says: `named`, `unnamed`, `unknown`
  std::string audience;  ///< empty: the server's own choice
  std::string place;     ///< where the process is: `step`, `left`, `other step`, `other user` …
  pid_t pid = 0;
  uid_t user = 0;
  std::vector<std::string> programs;  ///< the process's own, then its ancestors'
  std::string token_sha256;           ///< of the token that was handed out
};

/// One line of JSON, without the newline. Its member `kind` is `id_token_request`; a decision about
/// a job has none.
std::string WriteTokenRequestLine(const TokenRequestLine& line);

/// Appends the line to the audit file, and counts the request. Findings as those of RecordDecision:
/// they forbid that the token is handed out if `audit.required` is true.
Findings RecordTokenRequest(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                            const TokenRequestLine& line);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_AUDIT_TOKEN_REQUEST_LINE_H_
