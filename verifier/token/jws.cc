#include "verifier/token/jws.h"

#include "verifier/token/compact_token.h"
#include "verifier/token/signed_token.h"

namespace jobwarden {

Status CheckJws(std::string_view text, const KeySet& keys, const std::vector<Algorithm>& allowed) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  const auto token = CompactToken::Parse(text, CompactToken::Form::kJws);
  if (!token) return token.findings();
  return VerifySignature(*token, keys, allowed);
}

}  // namespace jobwarden
