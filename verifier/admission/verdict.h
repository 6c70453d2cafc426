#ifndef JOBWARDEN_VERIFIER_ADMISSION_VERDICT_H_
#define JOBWARDEN_VERIFIER_ADMISSION_VERDICT_H_

#include <string>
#include <string_view>

#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"

namespace jobwarden {

// The verdict is the record of a decision, as a file. The program that decides leaves it for the
// programs that carry the decision out. These functions check only owner, mode and form; the reader
// checks whether the verdict is about its job.

/// The words of a reader whose job has no valid verdict.
struct VerdictReader {
  std::string asks;  ///< the beginning of each message: `stage "build_script": `, or empty
  std::string hint;  ///< which setting of the runner makes a verdict
};

/// VERDICT_MISSING, with `why` in the reader's words.
Finding NoVerdict(const VerdictReader& reader, std::string_view why);

/// Writes the verdict, which only this user can read (0600), in place of an older one.
/// STATE_UNWRITABLE.
Status WriteVerdict(const std::string& path, const Record& record);

/// Reads the verdict at `path`. VERDICT_MISSING when it is absent, belongs to another user, can be
/// read or written by others, or has a format other than this version's.
Result<Record> ReadVerdict(const std::string& path, const VerdictReader& reader);

/// Removes the verdict. An absent one is not an error. STATE_UNWRITABLE.
Status RemoveVerdict(const std::string& path);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_VERDICT_H_
