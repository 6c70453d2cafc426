#ifndef JOBWARDEN_VERIFIER_ADMISSION_JOB_LOG_H_
#define JOBWARDEN_VERIFIER_ADMISSION_JOB_LOG_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/config/config.h"

namespace jobwarden {

inline constexpr std::size_t kMaxLogLines = 10;

/// The decision for the job's author, in kMaxLogLines lines at most: the rule that allows the job,
/// or each reason against it and what to change; and the tokens that were taken out of the job. A
/// job without a token of ours is shown the lines that give it one, with the audience of the issuer
/// whose CI server is `server_url` (absent: of the first issuer of its provider).
std::string DecisionText(const Record& record, const Config& config,
                         const std::optional<std::string>& server_url);

/// The first line of it: `jobwarden: allowed by rule "deploys" (decision 7k3m9qxa2b4c5d6e)`,
/// `jobwarden: denied, 2 reasons:`.
std::string VerdictLine(const Record& record);

/// What a person whose job was denied can do, and the id to quote: `ask #ci-platform (decision
/// 7k3m9qxa2b4c5d6e)`. Empty if there is neither a `help` nor an id.
std::string LastWords(const Record& record, const std::string& help);

/// Each finding, `jobwarden: CODE: message` and its hint on a line below.
std::string FindingsText(const Findings& findings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_JOB_LOG_H_
