#include "verifier/service/trusted_key.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/token/compact_token.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;
constexpr JsonLimits kKeyLimits{.max_bytes = 65'536};
constexpr JsonLimits kTokenLimits{.max_bytes = kMaxTokenBytes};

template <auto Function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;

std::string EncodeBase64Url(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += kDigits[(bits >> count) & 63U];
    }
  }
  if (count > 0) text += kDigits[(bits << (6 - count)) & 63U];
  return text;
}

// A number of the key, big-endian, with `bytes` bytes (0: as many as it needs).
std::optional<std::string> NumberOf(const EVP_PKEY* key, const char* name, int bytes = 0) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return std::nullopt;
  const Number number(raw);
  std::string text(static_cast<std::size_t>(bytes == 0 ? BN_num_bytes(raw) : bytes), '\0');
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the form of the call
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  if (BN_bn2binpad(raw, out, static_cast<int>(text.size())) < 0) return std::nullopt;
  return EncodeBase64Url(text);
}

// The key as the JWK that it would be; key_set.cc then checks it as every other key.
std::optional<Object> ToJwk(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    auto n = NumberOf(key, OSSL_PKEY_PARAM_RSA_N);
    auto e = NumberOf(key, OSSL_PKEY_PARAM_RSA_E);
    if (!n || !e) return std::nullopt;
    return Object{{"kty", "RSA"}, {"n", *std::move(n)}, {"e", *std::move(e)}};
  }
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    struct Curve {
      const char* group;
      const char* crv;
      int bytes;
    };
    constexpr Curve kCurves[] = {
        {"prime256v1", "P-256", 32}, {"secp384r1", "P-384", 48}, {"secp521r1", "P-521", 66}};
    std::array<char, 64> group{};
    std::size_t size = 0;
    EVP_PKEY_get_group_name(key, group.data(), group.size(), &size);
    for (const Curve& curve : kCurves) {
      if (std::string_view(group.data(), size) != curve.group) continue;
      auto x = NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_X, curve.bytes);
      auto y = NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, curve.bytes);
      if (!x || !y) return std::nullopt;
      return Object{{"kty", "EC"}, {"crv", curve.crv}, {"x", *std::move(x)}, {"y", *std::move(y)}};
    }
    return std::nullopt;
  }
  std::array<unsigned char, 64> raw{};
  std::size_t size = raw.size();
  if (EVP_PKEY_is_a(key, "ED25519") != 1 ||
      EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1) {
    return std::nullopt;
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes
  const std::string_view bytes(reinterpret_cast<const char*>(raw.data()), size);
  return Object{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", EncodeBase64Url(bytes)}};
}

Result<Object> ReadPem(std::string_view text) {
  const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  auto jwk = key ? ToJwk(key.get()) : std::nullopt;
  if (!jwk) {
    return Finding{kCode, "public_key: not a public key that is used here",
                   "PEM that begins with -----BEGIN PUBLIC KEY-----: RSA, P-256, P-384, P-521 or "
                   "Ed25519"};
  }
  return *std::move(jwk);
}

Result<Object> ReadJwk(std::string_view text) {
  auto parsed = ParseJson(text, kKeyLimits, kCode, "public_key");
  if (!parsed) return std::move(parsed).findings();
  const Value* keys = parsed->Find("keys");
  const Array* list = keys == nullptr ? nullptr : keys->AsArray();
  if (list != nullptr && list->size() != 1) {
    return Finding{kCode, fmt::format("public_key: expected one key, got {}", list->size())};
  }
  const Value& jwk = list == nullptr ? *parsed : list->front();
  if (jwk.AsObject() == nullptr) return Finding{kCode, "public_key: expected PEM or a JWK"};
  return *jwk.AsObject();
}

const EVP_MD* DigestOf(std::string_view algorithm) {
  if (algorithm == "HS256") return EVP_sha256();
  if (algorithm == "HS384") return EVP_sha384();
  if (algorithm == "HS512") return EVP_sha512();
  return nullptr;
}

Finding Malformed(std::string why) {
  return {Code::kMalformedToken, "token: " + std::move(why)};
}

}  // namespace

bool IsMacName(std::string_view algorithm) {
  return DigestOf(algorithm) != nullptr;
}

Result<KeySet> ReadTrustedKey(std::string_view text, std::string_view kid) {
  auto jwk = text.find("-----BEGIN") != text.npos ? ReadPem(text) : ReadJwk(text);
  if (!jwk) return std::move(jwk).findings();
  jwk->Set("kid", kid.empty() ? "the key" : kid);
  auto set =
      KeySet::Parse(WriteJson(Object{{"keys", Array{std::move(*jwk)}}}), kCode, "public_key");
  if (!set) return set;
  if (set->kids().empty()) {
    return Finding{kCode, "public_key: " + set->skipped().front().reason};
  }
  return set;
}

Result<Value> VerifyMac(std::string_view token, std::string_view secret,
                        const std::vector<std::string>& allowed) {
  if (token.size() > kMaxTokenBytes) return Malformed("more bytes than a token may have");
  const std::size_t first = token.find('.');
  const std::size_t second = first == token.npos ? first : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) {
    return Malformed("expected three parts with dots between them");
  }
  const auto header_text = DecodeBase64Url(token.substr(0, first));
  const auto payload = DecodeBase64Url(token.substr(first + 1, second - first - 1));
  const auto mac = DecodeBase64Url(token.substr(second + 1));
  if (!header_text || !payload || !mac) return Malformed("a part is not canonical base64url");
  const auto header = ParseJson(*header_text, kTokenLimits, Code::kMalformedToken, "token: header");
  if (!header) return header.findings();
  const Value* alg = header->Find("alg");
  const std::string* name = alg == nullptr ? nullptr : alg->AsString();
  const EVP_MD* digest = name == nullptr ? nullptr : DigestOf(*name);
  if (digest == nullptr || std::find(allowed.begin(), allowed.end(), *name) == allowed.end()) {
    return Finding{Code::kAlgorithmInvalid,
                   fmt::format("alg: expected {}, got {}", Join(allowed, ", "), BriefJson(alg))};
  }
  for (const std::string_view parameter : {"crit", "jwk", "jku", "x5u", "x5c", "b64"}) {
    if (header->Find(parameter) != nullptr) {
      return Finding{Code::kHeaderInvalid,
                     fmt::format("{}: this header parameter is refused", parameter)};
    }
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
  unsigned int size = 0;
  const std::string_view input = token.substr(0, second);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the form of the call
  const auto* bytes = reinterpret_cast<const unsigned char*>(input.data());
  const bool made = HMAC(digest, secret.data(), static_cast<int>(secret.size()), bytes,
                         input.size(), expected.data(), &size) != nullptr;
  if (!made || mac->size() != size || CRYPTO_memcmp(mac->data(), expected.data(), size) != 0) {
    return Finding{Code::kSignatureInvalid, "signature: not made with this secret"};
  }
  return ParseJson(*payload, kTokenLimits, Code::kMalformedToken, "token: payload");
}

}  // namespace jobwarden
