// Bytes from a stranger as a token: read, looked up, checked against real keys.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "verifier/token/claims.h"
#include "verifier/token/jws.h"
#include "verifier/token/signed_token.h"

using namespace jobwarden;

namespace {

void Need(bool holds) {
  if (!holds) std::abort();
}

// The public keys of RFC 7515 A.2, A.3 and RFC 8037 A.2, one for each kind of check.
const KeySet& Keys() {
  static const KeySet keys =
      KeySet::Parse(
          R"({"keys":[{"kid":"r","kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_w)"
          R"(WJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_)"
          R"(YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-)"
          R"(UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8N)"
          R"(Aco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"},{"kid":"e","kty":"EC","crv":)"
          R"("P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue65)"
          R"(9LNpXW6pCyStikYjKIWI5a0"},{"kid":"o","kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_)"
          R"(7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})",
          Code::kKeysUnavailable, "keys")
          .value();
  return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(CheckJws(text, Keys(), AllAlgorithms()));
  const auto peeked = PeekIssuer(text);
  const auto token = CompactToken::Parse(text);
  if (!token) {
    Need(token.findings().size() == 1);
    return 0;
  }
  Need(size <= kMaxTokenBytes && !token->kid().empty());
  Need((token->issuer() != nullptr) == peeked.has_value());
  Need(!peeked || *peeked == *token->issuer());
  Need(text.starts_with(token->signing_input()));
  const auto verified = SignedToken::Verify(*token, Keys(), AllAlgorithms());
  if (verified) {
    static_cast<void>(CheckClaims(*verified, {}, std::chrono::sys_seconds{}));
    static_cast<void>(AudiencesOf(*verified));
  }
  return 0;
}
