#ifndef JOBWARDEN_VERIFIER_CLI_CHOOSE_ISSUER_H_
#define JOBWARDEN_VERIFIER_CLI_CHOOSE_ISSUER_H_

#include <string>

#include "verifier/base/result.h"
#include "verifier/config/config.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

/// The issuer of this name, which lives as long as `config`. CONFIG_INVALID when no issuer has it.
Result<const Issuer*> IssuerNamed(const Config& config, const std::string& name);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_CHOOSE_ISSUER_H_
