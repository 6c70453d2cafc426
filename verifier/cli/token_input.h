#ifndef JOBWARDEN_VERIFIER_CLI_TOKEN_INPUT_H_
#define JOBWARDEN_VERIFIER_CLI_TOKEN_INPUT_H_

#include <cstddef>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/cli/options.h"

namespace jobwarden {

/// Reads the token from the source that the options name, without the white space around it.
/// TOKEN_MISSING when it is absent or empty; MALFORMED_TOKEN when it is far too long.
Result<Secret> ReadToken(const TokenOptions& options);

/// All of standard input. `code` for more than `max_bytes`, and when it cannot be read.
Result<Secret> ReadStdin(std::size_t max_bytes, Code code = Code::kMalformedToken);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_TOKEN_INPUT_H_
