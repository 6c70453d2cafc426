#ifndef JOBWARDEN_HOOKS_GITHUB_MINT_H_
#define JOBWARDEN_HOOKS_GITHUB_MINT_H_

#include <string>

#include "verifier/os/environment.h"

namespace jobwarden {

/// Which token a step asks for, and which of its later steps get it.
struct MintRequest {
  std::string audience;  ///< who the token is for
  std::string output;    ///< the step's output that gets it; empty: none
  std::string env;       ///< the variable of later steps that gets it; empty: none
};

/// `github mint`, in a step: requests an id_token for another service, verified and bound to this
/// job, and gives it to later steps. Returns the exit status: 0 when they get it, else 1.
/// REQUIRES: exactly one of `output` and `env`.
int RunMint(const std::string& config_path, const MintRequest& request,
            const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_MINT_H_
