#ifndef JOBWARDEN_VERIFIER_ADMISSION_DECISION_ID_H_
#define JOBWARDEN_VERIFIER_ADMISSION_DECISION_ID_H_

#include <optional>
#include <string>
#include <string_view>

namespace jobwarden {

// The id by which people speak of one decision: it appears in the job's log and in the audit line.

/// A new id: 16 letters and digits, in which nothing can be taken for something else (there is no
/// `i`, `l`, `o` or `u`). The 80 bits are random, so a fleet that makes a million decisions a day
/// makes no id twice.
std::string NewDecisionId();

/// The id that a person means: capital letters, blanks and hyphens change nothing, `O` is 0, `I`
/// and `L` are 1. Nothing if the text is not an id.
std::optional<std::string> ReadDecisionId(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_DECISION_ID_H_
