#ifndef JOBWARDEN_VERIFIER_REVIEW_LINT_H_
#define JOBWARDEN_VERIFIER_REVIEW_LINT_H_

#include <vector>

#include "verifier/config/config.h"
#include "verifier/policy/language.h"
#include "verifier/review/remark.h"

namespace jobwarden {

/// What is legal in the rules and dangerous, or without effect: docs/checks.md lists all of it. In
/// no particular order. Settings beside the rules are not looked at.
std::vector<Remark> LintRules(const Config& config);

/// What a claim (or fact) of this name can be in a token of any provider.
Shape ShapeOfName(std::string_view name, bool is_fact);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_LINT_H_
