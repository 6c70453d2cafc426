#ifndef JOBWARDEN_VERIFIER_AUDIT_AUDIT_H_
#define JOBWARDEN_VERIFIER_AUDIT_AUDIT_H_

#include <sys/types.h>

#include <functional>
#include <string_view>
#include <vector>

#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/os/journal.h"

namespace jobwarden {

/// Appends the record as one line to the audit file, and sends it to the journal; does neither
/// unless it is configured. What is not to be recorded is left out (see ToBeRecorded).
///
/// Refuses a file that one of `job_users` could change afterwards, because it would prove nothing
/// (see CheckWriters). AUDIT_FAILED also when the line cannot be written whole. If a command can
/// make the file or its folder, it is the hint. Whether AUDIT_FAILED stops the job is the caller's
/// decision
/// (`audit.required`).
Status AppendAudit(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                   const Record& record);

using MakeJournalEntry = std::function<std::vector<JournalField>()>;

/// The same for a line that is not a record. `entry` is only called if there is a journal.
Status AppendAuditLine(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                       std::string_view line, const MakeJournalEntry& entry);

/// Whether AppendAudit would succeed, as far as that can be known before there is a record (see
/// CheckAppend). Makes nothing.
Status CheckAudit(const AuditSettings& settings, const std::vector<uid_t>& job_users);

/// Calls AppendAudit, applies `required` and the record's mode, and counts the decision in the file
/// of metrics. Without a record, the findings forbid the job if `required` is true and the record
/// is enforced; else they warn. Metrics that cannot be written are a warning. Empty if the decision
/// is recorded and counted.
Findings RecordDecision(const AuditSettings& settings, const std::vector<uid_t>& job_users,
                        const Record& record);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_AUDIT_AUDIT_H_
