#include "verifier/doctor/probe_token.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <stdexcept>
#include <vector>

#include "verifier/base/json.h"

namespace jobwarden {
namespace {

constexpr unsigned kBits = 2048;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast)
}

std::string Base64Url(std::string_view bytes) {
  std::vector<unsigned char> encoded(bytes.size() / 3 * 4 + 5);
  const int size = EVP_EncodeBlock(encoded.data(), Bytes(bytes), static_cast<int>(bytes.size()));
  std::string text(encoded.begin(), encoded.begin() + size);
  text.resize(text.find_last_not_of('=') + 1);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

std::string Signed(std::string_view alg, std::string_view kid, const Object& claims) {
  Object header{{"alg", alg}, {"typ", "JWT"}};
  if (!kid.empty()) header.Set("kid", kid);
  return Base64Url(WriteJson(header)) + "." + Base64Url(WriteJson(claims));
}

void Demand(bool good) {
  if (!good) throw std::runtime_error("libcrypto cannot make the probe's key");
}

}  // namespace

struct ProbeKey::State {
  EVP_PKEY* key = EVP_RSA_gen(kBits);
  ~State() { EVP_PKEY_free(key); }

  std::string Number(const char* name) const {
    BIGNUM* number = nullptr;
    Demand(EVP_PKEY_get_bn_param(key, name, &number) == 1);
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
    BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));  // NOLINT(*-cast)
    BN_free(number);
    return Base64Url(bytes);
  }
};

ProbeKey::ProbeKey() : state_(std::make_unique<State>()) {
  Demand(state_->key != nullptr);
}

ProbeKey::~ProbeKey() = default;

std::string ProbeKey::KeySet(std::string_view kid) const {
  Object key{{"kty", "RSA"},
             {"use", "sig"},
             {"alg", "RS256"},
             {"kid", kid},
             {"n", state_->Number(OSSL_PKEY_PARAM_RSA_N)},
             {"e", state_->Number(OSSL_PKEY_PARAM_RSA_E)}};
  return WriteJson(Object{{"keys", Array{std::move(key)}}});
}

std::string ProbeKey::Pem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  Demand(bio != nullptr && PEM_write_bio_PUBKEY(bio, state_->key) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

std::string ProbeKey::Sign(std::string_view kid, const Object& claims) const {
  const std::string input = Signed("RS256", kid, claims);
  std::array<unsigned char, kBits / 8> signature{};
  std::size_t size = signature.size();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool good =
      context != nullptr &&
      EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, state_->key) == 1 &&
      EVP_DigestSign(context, signature.data(), &size, Bytes(input), input.size()) == 1;
  EVP_MD_CTX_free(context);
  Demand(good);
  return input + "." + Base64Url(std::string(signature.begin(), signature.begin() + size));
}

std::string UnsignedToken(const Object& claims) {
  return Signed("none", "", claims) + ".";
}

std::string MacToken(std::string_view kid, const Object& claims, std::string_view public_key) {
  const std::string input = Signed("HS256", kid, claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  Demand(HMAC(EVP_sha256(), public_key.data(), static_cast<int>(public_key.size()), Bytes(input),
              input.size(), mac.data(), &size) != nullptr);
  return input + "." + Base64Url(std::string(mac.begin(), mac.begin() + size));
}

}  // namespace jobwarden
