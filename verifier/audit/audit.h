#ifndef JOBWARDEN_VERIFIER_AUDIT_AUDIT_H_
#define JOBWARDEN_VERIFIER_AUDIT_AUDIT_H_

#include <sys/types.h>

#include <vector>

#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"

namespace jobwarden {

/// Appends the record as one line to the audit file; does nothing where none is configured.
///
/// With `job_users` a file that these users could change afterwards is refused: it would record
/// nothing (see CheckWriters). AUDIT_FAILED when the line could not be written whole; its hint is
/// the command that makes the file or its folder, where one would. Whether that stops the job is
/// the caller's question (`audit.required`).
Status AppendAudit(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                   const Record& record);

/// Whether AppendAudit would do its work, as far as that can be seen before there is a record (see
/// CheckAppend). Nothing is made.
Status CheckAudit(const AuditSettings& settings, const std::vector<uid_t>& job_users);

/// AppendAudit, with `required` and the record's mode asked: what comes back forbids the job where
/// a decision that cannot be recorded is not to be carried out, and warns elsewhere. Empty: the
/// decision is recorded.
Findings RecordDecision(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                        const Record& record);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_AUDIT_AUDIT_H_
