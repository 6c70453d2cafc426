#ifndef JOBWARDEN_HOOKS_GITHUB_MINT_H_
#define JOBWARDEN_HOOKS_GITHUB_MINT_H_

#include <string>

#include "verifier/os/environment.h"

namespace jobwarden {

/// The token that a step requests, and how later steps get it.
struct MintRequest {
  std::string audience;  ///< of the token
  std::string output;    ///< the step's output that gets the token; empty: none
  std::string env;       ///< the variable of later steps that gets the token; empty: none
};

/// `github mint`, in a step: requests an id_token for another service, verifies it, binds it to
/// this job, and passes it on to later steps. Returns the exit status: 0 if they get the token,
/// else 1. REQUIRES: exactly one of `output` and `env`.
int RunMint(const std::string& config_path, const MintRequest& request,
            const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_HOOKS_GITHUB_MINT_H_
