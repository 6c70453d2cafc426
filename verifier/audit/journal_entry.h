#ifndef JOBWARDEN_VERIFIER_AUDIT_JOURNAL_ENTRY_H_
#define JOBWARDEN_VERIFIER_AUDIT_JOURNAL_ENTRY_H_

#include <string>
#include <vector>

#include "verifier/admission/record.h"
#include "verifier/audit/token_request_line.h"
#include "verifier/os/journal.h"

namespace jobwarden {

/// The decision as an entry of systemd's journal. `line` is the audit line of the record, which
/// becomes the field JOBWARDEN_RECORD. docs/operations.md lists the fields.
std::vector<JournalField> JournalEntry(const Record& record, const std::string& line);

/// The same for a step's request for an id_token.
std::vector<JournalField> JournalEntry(const TokenRequestLine& request, const std::string& line);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_AUDIT_JOURNAL_ENTRY_H_
