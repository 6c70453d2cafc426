#ifndef JOBWARDEN_VERIFIER_ADMISSION_ADMIT_H_
#define JOBWARDEN_VERIFIER_ADMISSION_ADMIT_H_

#include <chrono>
#include <functional>

#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/keys/key_source.h"
#include "verifier/provider/job.h"

namespace jobwarden {

using Clock = std::function<std::chrono::sys_seconds()>;

/// Makes the record of a decision from a job and its tokens: verifies each id_token, binds it to
/// the job, tests for forks, asks the rules. Only this function does all of that.
///
/// It reads `clock` once, after it has the keys. It does not make the exposure plan.
Record Admit(const Job& job, const Inventory& inventory, const Config& config, KeySource& keys,
             const Clock& clock);

/// The record of a job whose tokens could not be obtained, for these reasons. The job is not
/// allowed.
Record RefuseWithoutToken(const Job& job, const Config& config, Findings reasons,
                          const Clock& clock);

/// Whether the tokens that this job does not use are taken out of it; if not, they are only named.
bool Strips(const Record& record, const Config& config);

/// The part of Admit that asks no rules: verifies each id_token and binds it to the job. A token
/// may only have the issuer's audiences, because a token with another audience is valid there too
/// (AUDIENCE_MISMATCH). TOKEN_MISSING if there is no token. Warnings (KEYS_STALE) forbid nothing.
/// REQUIRES: job.bindable.
Findings CheckIdTokens(const Job& job, const Inventory& inventory, const Config& config,
                       KeySource& keys, const Clock& clock);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_ADMIT_H_
