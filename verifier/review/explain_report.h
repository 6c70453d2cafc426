#ifndef JOBWARDEN_VERIFIER_REVIEW_EXPLAIN_REPORT_H_
#define JOBWARDEN_VERIFIER_REVIEW_EXPLAIN_REPORT_H_

#include <string>

#include "verifier/admission/record.h"
#include "verifier/base/value.h"
#include "verifier/config/config.h"
#include "verifier/review/explain.h"

namespace jobwarden {

/// The explanation for a person, in lines. `config` is the one that was explained.
std::string ExplanationText(const Explanation& explanation, const Config& config);

/// The same as one line of JSON, without the newline.
std::string ExplanationJson(const Explanation& explanation, const Config& config);

/// What was recorded about a decision, in lines: the first part of ExplanationText. `requests` are
/// audit lines of its job's steps (see JobToExplain).
std::string RecordText(const Record& record, const Array& requests);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_EXPLAIN_REPORT_H_
