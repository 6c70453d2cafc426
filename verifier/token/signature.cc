#include "verifier/token/signature.h"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

namespace jobwarden {
namespace {

template <auto Function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;
constexpr int kMaxExponentBits = 64;
constexpr std::size_t kEd25519Bytes = 32;

enum class KeyType { kRsa, kP256, kP384, kP521, kEd25519 };

struct Curve {
  std::string_view name;  // in a JWK
  KeyType type;
  const char* group;  // in libcrypto
  std::size_t bytes;  // of a field element, and of r and s
};
constexpr Curve kCurves[] = {
    {"P-256", KeyType::kP256, "prime256v1", 32},
    {"P-384", KeyType::kP384, "secp384r1", 48},
    {"P-521", KeyType::kP521, "secp521r1", 66},
};

struct Scheme {
  KeyType type;
  const char* digest;  // null: the algorithm digests for itself
  bool pss = false;
};

Scheme SchemeOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRS256:
      return {KeyType::kRsa, "SHA256"};
    case Algorithm::kRS384:
      return {KeyType::kRsa, "SHA384"};
    case Algorithm::kRS512:
      return {KeyType::kRsa, "SHA512"};
    case Algorithm::kPS256:
      return {KeyType::kRsa, "SHA256", true};
    case Algorithm::kPS384:
      return {KeyType::kRsa, "SHA384", true};
    case Algorithm::kPS512:
      return {KeyType::kRsa, "SHA512", true};
    case Algorithm::kES256:
      return {KeyType::kP256, "SHA256"};
    case Algorithm::kES384:
      return {KeyType::kP384, "SHA384"};
    case Algorithm::kES512:
      return {KeyType::kP521, "SHA512"};
    case Algorithm::kEdDSA:
      break;
  }
  return {KeyType::kEd25519, nullptr};
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number ToNumber(std::string_view bytes) {
  return Number(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

// r and s as libcrypto takes them: a DER sequence. Empty on failure.
std::string ToDer(std::string_view raw) {
  Number r = ToNumber(raw.substr(0, raw.size() / 2));
  Number s = ToNumber(raw.substr(raw.size() / 2));
  const EcdsaSignature signature(ECDSA_SIG_new());
  if (!r || !s || !signature) return "";
  if (ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return "";
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
  if (size <= 0) return "";
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  return i2d_ECDSA_SIG(signature.get(), &out) == size ? der : "";
}

Key FromParams(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    ERR_clear_error();
    return nullptr;
  }
  return Key(key);
}

// Contexts that are prepared once for a key and an algorithm, and used for one signature at a time.
struct Prepared {
  Algorithm algorithm;
  const EVP_MD* digest;
  DigestContext hashing;
  KeyContext verifying;

  static std::optional<Prepared> Make(EVP_PKEY* key, Algorithm algorithm) {
    const Scheme scheme = SchemeOf(algorithm);
    Prepared prepared{algorithm, EVP_get_digestbyname(scheme.digest),
                      DigestContext(EVP_MD_CTX_new()),
                      KeyContext(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr))};
    EVP_PKEY_CTX* context = prepared.verifying.get();
    if (prepared.digest == nullptr || !prepared.hashing || context == nullptr ||
        EVP_DigestInit_ex2(prepared.hashing.get(), prepared.digest, nullptr) != 1 ||
        EVP_PKEY_verify_init(context) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context, prepared.digest) != 1) {
      return std::nullopt;
    }
    if (scheme.type == KeyType::kRsa &&
        EVP_PKEY_CTX_set_rsa_padding(context,
                                     scheme.pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1) {
      return std::nullopt;
    }
    if (scheme.pss && (EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) != 1 ||
                       EVP_PKEY_CTX_set_rsa_mgf1_md(context, prepared.digest) != 1)) {
      return std::nullopt;
    }
    return prepared;
  }

  bool Verify(std::string_view input, std::string_view signature) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
    unsigned int size = 0;
    return EVP_DigestInit_ex2(hashing.get(), nullptr, nullptr) == 1 &&
           EVP_DigestUpdate(hashing.get(), input.data(), input.size()) == 1 &&
           EVP_DigestFinal_ex(hashing.get(), hash.data(), &size) == 1 &&
           EVP_PKEY_verify(verifying.get(), Bytes(signature), signature.size(), hash.data(),
                           size) == 1;
  }
};

bool VerifyEd(EVP_PKEY* key, std::string_view input, std::string_view signature) {
  const DigestContext context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(input),
                          input.size()) == 1;
}

}  // namespace

struct PublicKey {
  KeyType type;
  KeyAlgorithm alg;
  Key key;
  std::size_t signature_bytes;

  mutable std::mutex mutex;
  mutable std::optional<Prepared> prepared;

  static MadeKey Make(KeyType type, KeyAlgorithm alg, Key key, std::size_t signature_bytes) {
    if (alg && SchemeOf(*alg).type != type) {
      return {nullptr,
              fmt::format("its type and curve are not those of alg {}", AlgorithmName(*alg))};
    }
    auto made = std::make_shared<PublicKey>();
    made->type = type;
    made->alg = alg;
    made->key = std::move(key);
    made->signature_bytes = signature_bytes;
    return {std::move(made), ""};
  }
};

MadeKey MakeRsaKey(std::string_view modulus, std::string_view exponent, KeyAlgorithm alg) {
  // Checked before libcrypto gets the numbers.
  constexpr std::size_t kMaxBytes = kMaxRsaBits / 8 + 8;
  if (modulus.size() > kMaxBytes || exponent.size() > kMaxBytes) {
    return {nullptr, fmt::format("an RSA number of more than {} bytes", kMaxBytes)};
  }
  const Number n = ToNumber(modulus);
  const Number e = ToNumber(exponent);
  if (!n || !e) return {nullptr, "libcrypto failed"};
  const int bits = BN_num_bits(n.get());
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    return {nullptr, fmt::format("an RSA key of {} bits, expected {} to {}", bits, kMinRsaBits,
                                 kMaxRsaBits)};
  }
  if (BN_is_odd(n.get()) == 0) return {nullptr, "an RSA modulus that is even"};
  if (BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) != 0) {
    return {nullptr, "an RSA exponent that is even or 1"};
  }
  if (BN_num_bits(e.get()) > kMaxExponentBits) {
    return {nullptr, fmt::format("an RSA exponent of more than {} bits", kMaxExponentBits)};
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return {nullptr, "libcrypto failed"};
  }
  Key key = FromParams("RSA", builder.get());
  if (!key) return {nullptr, "libcrypto refuses the RSA key"};
  const auto bytes = static_cast<std::size_t>((bits + 7) / 8);
  return PublicKey::Make(KeyType::kRsa, alg, std::move(key), bytes);
}

MadeKey MakeEcKey(std::string_view curve, std::string_view x, std::string_view y,
                  KeyAlgorithm alg) {
  const auto* known = std::find_if(std::begin(kCurves), std::end(kCurves),
                                   [curve](const Curve& each) { return each.name == curve; });
  if (known == std::end(kCurves)) return {nullptr, "crv is not P-256, P-384 or P-521"};
  if (x.size() != known->bytes || y.size() != known->bytes) {
    return {nullptr, fmt::format("coordinates that do not have {} bytes", known->bytes)};
  }
  const std::string point = "\x04" + std::string(x) + std::string(y);
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, known->group, 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return {nullptr, "libcrypto failed"};
  }
  // Reading the point includes the check that it is on the curve.
  Key key = FromParams("EC", builder.get());
  if (!key) return {nullptr, "a point that is not on the curve"};
  return PublicKey::Make(known->type, alg, std::move(key), 2 * known->bytes);
}

MadeKey MakeEdKey(std::string_view curve, std::string_view x, KeyAlgorithm alg) {
  if (curve != "Ed25519") return {nullptr, "crv is not Ed25519"};
  if (x.size() != kEd25519Bytes) return {nullptr, "x does not have 32 bytes"};
  Key key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED25519", nullptr, Bytes(x), x.size()));
  if (!key) return {nullptr, "libcrypto refuses the Ed25519 key"};
  return PublicKey::Make(KeyType::kEd25519, alg, std::move(key), 2 * kEd25519Bytes);
}

KeyTraits TraitsOf(const PublicKey& key) {
  const auto* curve = std::find_if(std::begin(kCurves), std::end(kCurves),
                                   [&](const Curve& each) { return each.type == key.type; });
  const int bits = EVP_PKEY_get_bits(key.key.get());
  if (curve != std::end(kCurves)) return {curve->name, bits};
  // For an Ed25519 key libcrypto returns the bits of the group's order.
  if (key.type == KeyType::kEd25519) return {"Ed25519", 8 * static_cast<int>(kEd25519Bytes)};
  return {"RSA", bits};
}

bool SameKey(const PublicKey& a, const PublicKey& b) {
  return a.alg == b.alg && EVP_PKEY_eq(a.key.get(), b.key.get()) == 1;
}

bool Fits(const PublicKey& key, Algorithm algorithm) {
  return SchemeOf(algorithm).type == key.type && (!key.alg || *key.alg == algorithm);
}

bool VerifyBytes(const PublicKey& key, Algorithm algorithm, std::string_view input,
                 std::string_view signature) {
  if (!Fits(key, algorithm) || signature.size() != key.signature_bytes) return false;
  bool good = false;
  if (key.type == KeyType::kEd25519) {
    good = VerifyEd(key.key.get(), input, signature);
  } else {
    const bool is_ec = key.type != KeyType::kRsa;
    const std::string der = is_ec ? ToDer(signature) : "";
    const std::string_view form = is_ec ? std::string_view(der) : signature;
    const std::unique_lock lock(key.mutex, std::try_to_lock);
    std::optional<Prepared> own;
    std::optional<Prepared>& prepared = lock ? key.prepared : own;
    if (!prepared || prepared->algorithm != algorithm) {
      prepared = Prepared::Make(key.key.get(), algorithm);
    }
    good = prepared && prepared->Verify(input, form);
  }
  // A failed check leaves its reasons in this thread's error queue, which nobody reads.
  if (!good) ERR_clear_error();
  return good;
}

}  // namespace jobwarden
