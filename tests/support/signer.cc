#include "tests/support/signer.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <utility>

namespace jobwarden::testing {
namespace {

template <auto Function>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    Function(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

// A signer that cannot sign makes every test worthless: end here.
void Need(bool done, const char* what) {
  if (!done) {
    std::cerr << "signer: cannot " << what << "\n";
    std::abort();
  }
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

struct Curve {
  const char* openssl_name;
  const char* jwk_name;
  std::size_t size;
};

Curve CurveOf(std::string_view alg) {
  if (alg == "ES256") {
    return {"P-256", "P-256", 32};
  }
  if (alg == "ES384") {
    return {"P-384", "P-384", 48};
  }
  Need(alg == "ES512", "use this algorithm");
  return {"P-521", "P-521", 66};
}

const EVP_MD* DigestOf(std::string_view alg) {
  if (alg == "EdDSA") {
    return nullptr;
  }
  if (alg.ends_with("256")) {
    return EVP_sha256();
  }
  if (alg.ends_with("384")) {
    return EVP_sha384();
  }
  Need(alg.ends_with("512"), "use this algorithm");
  return EVP_sha512();
}

bool IsRsa(std::string_view alg) {
  return alg.starts_with("RS") || alg.starts_with("PS");
}

EVP_PKEY* RsaKey(int bits) {
  static std::map<int, Key> made;
  Key& key = made[bits];
  if (!key) {
    key.reset(EVP_RSA_gen(static_cast<unsigned>(bits)));
  }
  Need(key && EVP_PKEY_up_ref(key.get()) == 1, "make an RSA key");
  return key.get();
}

Key MakeKey(std::string_view alg, int rsa_bits) {
  if (IsRsa(alg)) {
    return Key(RsaKey(rsa_bits));
  }
  Key key(alg == "EdDSA" ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")
                         : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", CurveOf(alg).openssl_name));
  Need(key != nullptr, "make a key");
  return key;
}

// The number `name` of the key, big-endian, in `size` bytes (0: as few as it needs), base64url.
std::string NumberOf(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
  BIGNUM* read = nullptr;
  Need(EVP_PKEY_get_bn_param(key, name, &read) == 1, "read the key");
  const Number number(read);
  std::string bytes(size != 0 ? size : static_cast<std::size_t>(BN_num_bytes(read)), '\0');
  Need(BN_bn2binpad(read, Bytes(bytes), static_cast<int>(bytes.size())) >= 0, "read the key");
  return Base64Url(bytes);
}

// RFC 7518 §3.4: R and S, each as long as the curve's order, side by side.
std::string EcSignatureInJwsForm(std::string_view der, std::size_t size) {
  const unsigned char* at = Bytes(der);
  const EcSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Need(signature != nullptr, "read the signature");
  std::string jws(2 * size, '\0');
  const int width = static_cast<int>(size);
  Need(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), Bytes(jws), width) == width &&
           BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), Bytes(jws) + size, width) == width,
       "encode the signature");
  return jws;
}

}  // namespace

struct Signer::State {
  std::string alg;
  std::string kid;
  Key key;
};

Signer::Signer(std::unique_ptr<State> state) : state_(std::move(state)) {}

Signer::Signer(std::string alg, std::string kid, int rsa_bits) : state_(std::make_unique<State>()) {
  state_->key = MakeKey(alg, rsa_bits);
  state_->alg = std::move(alg);
  state_->kid = std::move(kid);
}

Signer::~Signer() = default;
Signer::Signer(Signer&&) noexcept = default;

const std::string& Signer::alg() const {
  return state_->alg;
}
const std::string& Signer::kid() const {
  return state_->kid;
}

std::string Signer::Jwk() const {
  const EVP_PKEY* key = state_->key.get();
  std::string jwk = R"({"kid":")" + kid() + R"(","alg":")" + alg() + R"(","use":"sig",)";
  if (IsRsa(alg())) {
    return jwk + R"("kty":"RSA","n":")" + NumberOf(key, OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
           NumberOf(key, OSSL_PKEY_PARAM_RSA_E) + R"("})";
  }
  if (alg() == "EdDSA") {
    std::string raw(32, '\0');
    std::size_t size = raw.size();
    Need(EVP_PKEY_get_raw_public_key(key, Bytes(raw), &size) == 1, "read the key");
    return jwk + R"("kty":"OKP","crv":"Ed25519","x":")" + Base64Url(raw) + R"("})";
  }
  const Curve curve = CurveOf(alg());
  return jwk + R"("kty":"EC","crv":")" + curve.jwk_name + R"(","x":")" +
         NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_X, curve.size) + R"(","y":")" +
         NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, curve.size) + R"("})";
}

std::string Signer::KeySetJson() const {
  return R"({"keys":[)" + Jwk() + "]}";
}

std::string Signer::Sign(std::string_view payload_json) const {
  return SignWithHeader(R"({"alg":")" + alg() + R"(","kid":")" + kid() + R"(","typ":"JWT"})",
                        payload_json);
}

std::string Signer::SignWithHeader(std::string_view header_json, std::string_view payload) const {
  const std::string input = Base64Url(header_json) + "." + Base64Url(payload);
  return input + "." + Base64Url(SignBytes(input));
}

std::string Signer::SignBytes(std::string_view bytes) const {
  const Context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  Need(EVP_DigestSignInit(context.get(), &key_context, DigestOf(alg()), nullptr,
                          state_->key.get()) == 1,
       "sign");
  if (alg().starts_with("PS")) {
    Need(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1,
         "sign");
  }
  std::size_t size = 0;
  Need(EVP_DigestSign(context.get(), nullptr, &size, Bytes(bytes), bytes.size()) == 1, "sign");
  std::string signature(size, '\0');
  Need(EVP_DigestSign(context.get(), Bytes(signature), &size, Bytes(bytes), bytes.size()) == 1,
       "sign");
  signature.resize(size);
  return alg().starts_with("ES") ? EcSignatureInJwsForm(signature, CurveOf(alg()).size) : signature;
}

std::string Signer::Pem() const {
  const Bio memory(BIO_new(BIO_s_mem()));
  Need(PEM_write_bio_PKCS8PrivateKey(memory.get(), state_->key.get(), nullptr, nullptr, 0, nullptr,
                                     nullptr) == 1,
       "write the key");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

Signer Signer::FromPem(std::string_view pem, std::string alg, std::string kid) {
  const Bio memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  auto state = std::make_unique<State>();
  state->key.reset(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  Need(state->key != nullptr, "read the private key");
  state->alg = std::move(alg);
  state->kid = std::move(kid);
  return Signer(std::move(state));
}

}  // namespace jobwarden::testing
