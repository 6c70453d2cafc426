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

/// The whole way from a job and its tokens to a record of the decision: verify each id_token, bind
/// it to the job, test for forks, ask the rules. The only place where these follow each other.
///
/// `clock` is read once, after the keys are there. The exposure plan is not made here.
Record Admit(const Job& job, const Inventory& inventory, const Config& config, KeySource& keys,
             const Clock& clock);

/// The record of a job whose tokens could not be had, for these reasons: it is not allowed.
Record RefuseWithoutToken(const Job& job, const Config& config, Findings reasons,
                          const Clock& clock);

/// Whether the tokens that this job does not use are taken out of it, and not only named.
bool Strips(const Record& record, const Config& config);

/// The part of Admit that asks no rules: verifies each id_token and binds it to the job. Each must
/// be for the issuer's audiences alone: one that names another beside them is good there too
/// (AUDIENCE_MISMATCH). TOKEN_MISSING where there is none. Warnings (KEYS_STALE) forbid nothing.
/// REQUIRES: job.bindable.
Findings CheckIdTokens(const Job& job, const Inventory& inventory, const Config& config,
                       KeySource& keys, const Clock& clock);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_ADMIT_H_
