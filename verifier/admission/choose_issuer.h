#ifndef JOBWARDEN_VERIFIER_ADMISSION_CHOOSE_ISSUER_H_
#define JOBWARDEN_VERIFIER_ADMISSION_CHOOSE_ISSUER_H_

#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

/// The issuer of this name, which lives as long as `config`. CONFIG_INVALID when no issuer has it.
Result<const Issuer*> IssuerNamed(const Config& config, const std::string& name);

/// The issuer whose rules a token must meet, which lives as long as `config`: the one with this
/// name; if the name is empty, the one whose url the token has, and of several with one url the one
/// that expects the token's audience; else the only one, so that all faults of the token can be
/// listed. Nothing of the token is verified yet. ISSUER_MISMATCH if there is none of these.
Result<const Issuer*> IssuerFor(const Config& config, const std::string& name,
                                std::string_view token);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_CHOOSE_ISSUER_H_
