#ifndef JOBWARDEN_VERIFIER_TOKEN_INSPECT_H_
#define JOBWARDEN_VERIFIER_TOKEN_INSPECT_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/value.h"

namespace jobwarden {

/// Something about a token that a person should look at. The names are public and stable.
struct TokenWarning {
  std::string_view code;
  std::string message;
};

/// What a text of a token's form says, without any verification.
struct InspectedToken {
  Value header;
  Value payload;
  std::vector<TokenWarning> warnings;
};

/// The codes of all warnings, and what each means.
struct WarningMeaning {
  std::string_view code;
  std::string_view meaning;
};
const std::vector<WarningMeaning>& AllTokenWarnings();

/// Decodes a text with three parts, of which the first two are JSON. A token that verification
/// would refuse is decoded too, and warned of. MALFORMED_TOKEN.
Result<InspectedToken> InspectToken(std::string_view token, std::chrono::sys_seconds now);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_TOKEN_INSPECT_H_
