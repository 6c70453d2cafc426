#include "verifier/token/jws.h"

#include "verifier/token/compact_token.h"
#include "verifier/token/signed_token.h"

namespace jobwarden {

Status CheckJws(std::string_view text, const KeySet& keys, const std::vector<Algorithm>& allowed) {
  text.remove_suffix(text.ends_with("\r\n") ? 2 : text.ends_with('\n') ? 1 : 0);
  const auto token = CompactToken::Parse(text, CompactToken::Form::kJws);
  if (!token) return token.findings();
  return VerifySignature(*token, keys, allowed);
}

}  // namespace jobwarden
