#ifndef JOBWARDEN_TESTS_VECTORS_VECTORS_H_
#define JOBWARDEN_TESTS_VECTORS_VECTORS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/signer.h"
#include "verifier/base/value.h"

namespace jobwarden::testing {

/// The time of every vector that does not set another.
inline constexpr std::int64_t kNow = 1'795'341'600;
inline constexpr std::int64_t kLeeway = 30;
inline constexpr std::int64_t kMaxLifetime = 86'400;

/// A token, what it is checked with, and what must come of it.
struct Vector {
  std::string name;     ///< of the file, without `.json`
  std::string comment;  ///< the one difference from the good token
  std::string expect;   ///< `OK`, or the code of the first finding
  std::string token;
  std::vector<std::string> also = {};  ///< codes of further findings, in their order
  Value keys = "keys/good.json";       ///< a file beside the vectors, or the key set itself
  Object rules = {};                   ///< those that differ from the usual ones
  /// Its signature is random by nature: an existing file is not written again.
  bool random = false;
};

/// The keys, and the good token that all vectors start from: Ed25519, for it signs the same bytes
/// the same way each time, and briefly.
class Maker {
 public:
  /// Reads the private keys `KEYS_FOLDER/*.pem`.
  explicit Maker(const std::string& keys_folder);

  /// The signer of an algorithm; its `kid` is the algorithm's name in lower case.
  const Signer& Of(const std::string& alg) const { return signers_.at(alg); }
  /// Another key of the same algorithm, with the same `kid`.
  const Signer& Stranger(const std::string& alg) const { return strangers_.at(alg); }
  /// The private key in `NAME.pem`.
  const std::string& Pem(const std::string& name) const { return pems_.at(name); }
  /// One public key of each algorithm.
  Object GoodKeys() const;
  /// A key set with this signer's key alone, in which members are set, or (null) removed.
  static Object Keys(const Signer& signer, const Object& changes = {});

  static std::string GoodHeader() { return R"({"alg":"EdDSA","kid":"eddsa","typ":"JWT"})"; }
  /// The good claims, in which one is set to this JSON text, or removed where that is empty.
  static std::string Claims(std::string_view name = "", std::string_view json = "");
  static std::string Claims(std::string_view name, std::int64_t number);

  std::string Good() const { return WithClaims(Claims()); }
  std::string WithHeader(std::string_view header) const;
  std::string WithClaims(std::string_view claims) const;
  /// Signs these two parts as they are.
  std::string WithParts(const std::string& header, const std::string& payload) const;

 private:
  std::map<std::string, Signer> signers_;
  std::map<std::string, Signer> strangers_;
  std::map<std::string, std::string> pems_;
};

/// Split by what differs.
std::vector<Vector> GoodVectors(const Maker& maker);
std::vector<Vector> FormVectors(const Maker& maker);
std::vector<Vector> HeaderVectors(const Maker& maker);
std::vector<Vector> KeyVectors(const Maker& maker);
std::vector<Vector> SignatureVectors(const Maker& maker);
std::vector<Vector> ClaimVectors(const Maker& maker);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_VECTORS_VECTORS_H_
