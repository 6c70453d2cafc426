#ifndef JOBWARDEN_VERIFIER_AUDIT_RECORDED_H_
#define JOBWARDEN_VERIFIER_AUDIT_RECORDED_H_

#include <string_view>

#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/config/config.h"

namespace jobwarden {

// Audit lines outlive jobs and travel to log stores, so they do not say who started a job unless
// the configuration asks for it.

/// Whether the claim is to be recorded. A personal claim (see IsPersonalClaim) is only if
/// `audit.claims` names it; a pattern there does not reach it. Without `audit.claims`, claims that
/// no provider is known to have are not recorded either: a login token's may say anything of a
/// person.
bool RecordsClaim(const AuditSettings& settings, std::string_view claim);

/// The record without what is not to be recorded: claims, facts with the name of a personal claim,
/// and in findings what quotes either. Record::unrecorded names the claims and facts. A `sub` that
/// is made of a personal claim, or that is no job's, is left out too.
Record ToBeRecorded(Record record, const AuditSettings& settings);

/// Findings without evidence of claims that are not to be recorded.
Findings ToBeRecorded(Findings findings, const AuditSettings& settings);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_AUDIT_RECORDED_H_
