// What no program that verifies a token can do without: load libcrypto, and check one RSA
// signature. It takes a file with four lines of hexadecimal: modulus, exponent, signature, text.

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <fstream>
#include <string>

namespace {

std::string FromHex(const std::string& hex) {
  long size = 0;
  unsigned char* bytes = OPENSSL_hexstr2buf(hex.c_str(), &size);
  return {reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size)};
}

const unsigned char* Bytes(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

EVP_PKEY* MakeKey(const std::string& modulus, const std::string& exponent) {
  BIGNUM* n = BN_bin2bn(Bytes(modulus), static_cast<int>(modulus.size()), nullptr);
  BIGNUM* e = BN_bin2bn(Bytes(exponent), static_cast<int>(exponent.size()), nullptr);
  OSSL_PARAM_BLD* builder = OSSL_PARAM_BLD_new();
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n);
  OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e);
  EVP_PKEY* key = nullptr;
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr);
  EVP_PKEY_fromdata_init(context);
  EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, OSSL_PARAM_BLD_to_param(builder));
  return key;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1]);
  std::string modulus, exponent, signature, text;
  file >> modulus >> exponent >> signature >> text;
  signature = FromHex(signature);
  text = FromHex(text);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr,
                       MakeKey(FromHex(modulus), FromHex(exponent)));
  return EVP_DigestVerify(context, Bytes(signature), signature.size(), Bytes(text), text.size()) ==
                 1
             ? 0
             : 1;
}
