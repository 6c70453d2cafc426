#ifndef JOBWARDEN_VERIFIER_CLI_CHOOSE_RUNNER_H_
#define JOBWARDEN_VERIFIER_CLI_CHOOSE_RUNNER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "verifier/base/result.h"

namespace jobwarden {

/// The index of the runner that is meant. `choice` is a name, or the number of the runner, counted
/// from 1; a name comes first. Where it is empty, the only runner is meant; where there are
/// several, a person at a terminal is asked. CONFIG_INVALID, with the list, where that leaves no
/// one runner. REQUIRES: there is a runner.
Result<std::size_t> ChooseRunner(const std::vector<std::string>& names, const std::string& choice);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_CHOOSE_RUNNER_H_
