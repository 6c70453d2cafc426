#ifndef JOBWARDEN_VERIFIER_ADMISSION_ADMIT_H_
#define JOBWARDEN_VERIFIER_ADMISSION_ADMIT_H_

#include <chrono>
#include <functional>
#include <optional>

#include "verifier/admission/record.h"
#include "verifier/base/finding.h"
#include "verifier/base/secret.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/keys/key_source.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"
#include "verifier/token/signed_token.h"

namespace jobwarden {

using Clock = std::function<std::chrono::sys_seconds()>;

/// Makes the record of a decision from a job and its tokens: verifies each id_token, binds it to
/// the job, tests for forks, asks the rules. Only this function does all of that.
///
/// It reads `clock` once, after it has the keys. It does not make the exposure plan.
Record Admit(const Job& job, const Inventory& inventory, const Config& config, KeySource& keys,
             const Clock& clock);

/// One token, verified as far as possible, for a caller that asks no rules.
struct CheckedToken {
  std::optional<SignedToken> proven;  ///< if the signature is good
  Findings findings;                  ///< warnings too (KEYS_STALE)
};

/// The part of Admit before the rules, for a token that is compared with no job: form, signature,
/// claims, audience, and the claims of a CI job's token. The token must be the issuer's, which is
/// one of `config`.
CheckedToken CheckToken(Secret token, const Issuer& issuer, const Config& config, KeySource& keys,
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

/// Why the rules that are there may not decide (POLICY_UNAVAILABLE, POLICY_EXPIRED); nothing if
/// they may. The rules that were not pulled may be those that forbid a job.
Findings PolicyProblems(const Config& config, std::chrono::sys_seconds now);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_ADMIT_H_
