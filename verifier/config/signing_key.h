#ifndef JOBWARDEN_VERIFIER_CONFIG_SIGNING_KEY_H_
#define JOBWARDEN_VERIFIER_CONFIG_SIGNING_KEY_H_

#include <optional>
#include <string>
#include <string_view>

namespace jobwarden {

/// A public key as minisign writes it: the second line of `minisign.pub`.
struct SigningKey {
  std::string text;        ///< that line: base64 of `Ed`, the id and the key
  std::string id;          ///< 8 bytes that whoever made the key chose at random
  std::string public_key;  ///< 32 bytes of Ed25519 (RFC 8032)
};

/// Reads such a line. Nothing if it is not one.
std::optional<SigningKey> ParseSigningKey(std::string_view text);

/// A key's id as minisign shows it: 16 hexadecimal digits, the last byte first.
std::string KeyIdText(std::string_view id);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_SIGNING_KEY_H_
