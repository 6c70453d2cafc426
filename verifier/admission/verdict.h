#ifndef JOBWARDEN_VERIFIER_ADMISSION_VERDICT_H_
#define JOBWARDEN_VERIFIER_ADMISSION_VERDICT_H_

#include <string>
#include <string_view>

#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"

namespace jobwarden {

// The verdict is the record of a decision, as a file. The program that decides leaves it for the
// programs that carry the decision out. Whether a verdict is about the job at hand is the reader's
// question: this file knows owner, mode and form alone.

/// What a reader says when a job has no verdict that counts.
struct VerdictReader {
  std::string asks;  ///< in front of each message: `stage "build_script": `, or empty
  std::string hint;  ///< which setting of the runner leaves a verdict
};

/// VERDICT_MISSING, with `why` in the reader's words.
Finding NoVerdict(const VerdictReader& reader, std::string_view why);

/// Leaves the verdict, readable by this user alone (0600), in place of an older one.
/// STATE_UNWRITABLE.
Status WriteVerdict(const std::string& path, const Record& record);

/// The verdict at `path`. VERDICT_MISSING when there is none, when it belongs to another user or
/// is open to others, or when its format is not this version's.
Result<Record> ReadVerdict(const std::string& path, const VerdictReader& reader);

/// Removes the verdict. An absent one is not an error. STATE_UNWRITABLE.
Status RemoveVerdict(const std::string& path);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_VERDICT_H_
