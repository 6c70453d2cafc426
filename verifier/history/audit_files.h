#ifndef JOBWARDEN_VERIFIER_HISTORY_AUDIT_FILES_H_
#define JOBWARDEN_VERIFIER_HISTORY_AUDIT_FILES_H_

#include <string>
#include <vector>

#include "verifier/base/result.h"

namespace jobwarden {

/// The files that `paths` mean, each once, however often and under whatever links it is named.
///
/// A file brings what logrotate made of it: beside `audit.jsonl` also `audit.jsonl.1`,
/// `audit.jsonl.2.gz`, `audit.jsonl-20261101` and `audit.jsonl-20261101.gz`. The oldest comes first
/// as far as the names say it, and where there are rotated files the file itself may be absent: no
/// job came since. AUDIT_FAILED if a path is no regular file.
Result<std::vector<std::string>> AuditFiles(const std::vector<std::string>& paths);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_HISTORY_AUDIT_FILES_H_
