#ifndef JOBWARDEN_VERIFIER_CLI_TOKEN_INPUT_H_
#define JOBWARDEN_VERIFIER_CLI_TOKEN_INPUT_H_

#include <cstddef>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/cli/options.h"

namespace jobwarden {

/// Reads the token from where the options say, without the white space around it.
/// TOKEN_MISSING when there is none; MALFORMED_TOKEN when there is far too much.
Result<Secret> ReadToken(const TokenOptions& options);

/// All of standard input, up to `max_bytes`; `code` beyond.
Result<Secret> ReadStdin(std::size_t max_bytes, Code code = Code::kMalformedToken);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_TOKEN_INPUT_H_
