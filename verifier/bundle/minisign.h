#ifndef JOBWARDEN_VERIFIER_BUNDLE_MINISIGN_H_
#define JOBWARDEN_VERIFIER_BUNDLE_MINISIGN_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/config/signing_key.h"

namespace jobwarden {

// Detached Ed25519 signatures in the form of minisign (https://jedisct1.github.io/minisign). The
// signature is of the bytes' BLAKE2b-512 (`ED`), or of the bytes themselves (`Ed`, older). A
// second, global signature covers the first one and the trusted comment.

inline constexpr std::size_t kMaxSignatureBytes = 16'384;

/// The four lines of a signature file, decoded.
struct MinisignSignature {
  bool prehashed = true;
  std::string key_id;     ///< 8 bytes
  std::string signature;  ///< 64 bytes
  std::string trusted_comment;
  std::string global_signature;  ///< 64 bytes
};

/// Reads a signature file. POLICY_REFUSED for anything else.
Result<MinisignSignature> ParseMinisign(std::string_view text);

/// The key among `keys` that made both signatures. POLICY_REFUSED if none of them did. Only then
/// the trusted comment can be trusted.
Result<SigningKey> VerifyMinisign(std::string_view bytes, const MinisignSignature& signature,
                                  const std::vector<SigningKey>& keys);

/// A secret key, and the public key that belongs to it.
struct MinisignSecretKey {
  Secret seed;  ///< 32 bytes
  SigningKey public_key;
};

/// Asks for the password of a key.
using AskPassword = std::function<Result<Secret>()>;

/// Reads a secret key's file as `minisign -G` writes it. With a password (scrypt, of at most 2 GiB)
/// `password` is called; not for `minisign -G -W`. CONFIG_INVALID for anything else, and for a
/// wrong password. The checksum in the file is not compared: whether the key was decrypted shows by
/// its public half.
Result<MinisignSecretKey> ReadMinisignSecretKey(const Secret& text, const AskPassword& password);

/// The signature file for `bytes`, prehashed. REQUIRES: a comment without line breaks.
Result<std::string> SignMinisign(std::string_view bytes, const MinisignSecretKey& key,
                                 std::string_view trusted_comment);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BUNDLE_MINISIGN_H_
