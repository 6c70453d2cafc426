// Signatures that are not the key's, or not in the form that JWS gives them.

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstdlib>
#include <memory>

#include "tests/vectors/vectors.h"

namespace jobwarden::testing {
namespace {

// r and s as a DER sequence (RFC 3279 §2.2.3), as most tools write them.
std::string Der(const std::string& raw) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  const int half = static_cast<int>(raw.size() / 2);
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(ECDSA_SIG_new(),
                                                                        &ECDSA_SIG_free);
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, half, nullptr),
                 BN_bin2bn(bytes + half, half, nullptr));
  std::string der(static_cast<std::size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(signature.get(), &out);
  return der;
}

// A PS256 signature with a salt of another length than the digest's.
std::string PssWithSalt(const std::string& pem, const std::string& input, int salt) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  EVP_PKEY_CTX* parameters = nullptr;
  std::string signature(512, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), &parameters, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) != 1 ||
      EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, salt) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(input.data()), input.size()) != 1) {
    std::abort();
  }
  return signature.substr(0, size);
}

// The order of P-256's group (FIPS 186-4 D.1.2.3).
constexpr unsigned char kOrder[] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51};

}  // namespace

std::vector<Vector> SignatureVectors(const Maker& maker) {
  std::vector<Vector> all;
  const auto add = [&](const std::string& name, const std::string& comment, std::string token) {
    all.push_back({"signature-" + name, comment, "SIGNATURE_INVALID", std::move(token)});
  };
  const auto input_of = [](const Signer& signer) {
    return Base64Url("{\"alg\":\"" + signer.alg() + "\",\"kid\":\"" + signer.kid() +
                     "\",\"typ\":\"JWT\"}") +
           "." + Base64Url(Maker::Claims());
  };
  // The token of an algorithm, with this signature in place of its own.
  const auto with = [&](const std::string& alg, const std::string& name, const std::string& comment,
                        const std::string& signature) {
    std::string prefix = maker.Of(alg).kid() + "-";
    add(prefix + name, comment, input_of(maker.Of(alg)) + "." + Base64Url(signature));
  };
  const auto own = [&](const std::string& alg) {
    return maker.Of(alg).SignBytes(input_of(maker.Of(alg)));
  };

  for (const std::string alg : {"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"}) {
    const bool random = alg.starts_with("PS") || alg.starts_with("ES");
    with(alg, "other-key", "signed with another key that claims the same kid",
         maker.Stranger(alg).SignBytes(input_of(maker.Of(alg))));
    all.back().random = random;
    const std::string good = own(alg);
    std::string changed = good;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    with(alg, "changed", "the signature's last bit is another", changed);
    all.back().random = random;
    with(alg, "short", "the signature lacks its last byte", good.substr(0, good.size() - 1));
    all.back().random = random;
    with(alg, "long", "the signature has a zero byte behind it", good + std::string(1, '\0'));
    all.back().random = random;
    with(alg, "zero", "the signature is zero bytes", std::string(good.size(), '\0'));
  }
  with("RS256", "zero-before", "the signature has a zero byte before it",
       std::string(1, '\0') + own("RS256"));
  with("RS256", "sha-512", "the signature is one over SHA-512",
       maker.Of("RS512").SignBytes(input_of(maker.Of("RS256"))));
  with("RS256", "pss", "the signature has PSS padding",
       maker.Of("PS256").SignBytes(input_of(maker.Of("RS256"))));
  all.back().random = true;
  with("PS256", "pkcs1", "the signature has PKCS #1 v1.5 padding",
       maker.Of("RS256").SignBytes(input_of(maker.Of("PS256"))));
  with("PS256", "no-salt", "the signature was made without salt",
       PssWithSalt(maker.Pem("rsa"), input_of(maker.Of("PS256")), 0));
  with("PS256", "long-salt", "the signature's salt is longer than the digest",
       PssWithSalt(maker.Pem("rsa"), input_of(maker.Of("PS256")), 64));
  all.back().random = true;

  const std::string es256 = own("ES256");
  const std::string r = es256.substr(0, 32), s = es256.substr(32);
  const std::string zero(32, '\0');
  const std::string order(reinterpret_cast<const char*>(kOrder), sizeof kOrder);
  const auto es = [&](const std::string& name, const std::string& comment,
                      const std::string& signature, bool random) {
    with("ES256", name, comment, signature);
    all.back().random = random;
  };
  es("der", "the signature is DER instead of r and s", Der(es256), true);
  es("r-zero", "r is 0", zero + s, true);
  es("s-zero", "s is 0", r + zero, true);
  es("r-order", "r is the group's order", order + s, true);
  es("r-and-s-order", "r and s are the group's order", order + order, false);
  es("swapped", "r and s have changed places", s + r, true);
  es("wide", "r and s are each as long as P-384 has them",
     std::string(16, '\0') + r + std::string(16, '\0') + s, true);
  es("half", "the signature is r alone", r, true);

  const std::string good = maker.Good();
  const std::size_t dot = good.rfind('.');
  const std::string signature = good.substr(dot);
  add("changed-payload", "another project's claims with the good token's signature",
      Base64Url(Maker::GoodHeader()) + "." +
          Base64Url(Maker::Claims("project_path", R"("evil/app")")) + signature);
  add("changed-header", "another header with the good token's signature",
      Base64Url(R"({"alg":"EdDSA","kid":"eddsa"})") + "." + Base64Url(Maker::Claims()) + signature);
  add("of-payload-alone", "the signature is over the payload without the header",
      good.substr(0, dot) + "." +
          Base64Url(maker.Of("EdDSA").SignBytes(Base64Url(Maker::Claims()))));
  add("before-claims", "it has expired too, and nobody looks at that",
      maker.Stranger("EdDSA").Sign(Maker::Claims("exp", kNow - 1000)));
  add("before-json", "its payload is no JSON, and nobody looks at that",
      maker.Stranger("EdDSA").SignWithHeader(Maker::GoodHeader(), "{"));
  return all;
}

}  // namespace jobwarden::testing
