#include "tests/support/signer.h"

#include <openssl/evp.h>

#include <boost/test/unit_test.hpp>
#include <string>

using jobwarden::testing::Base64Url;
using jobwarden::testing::Signer;

BOOST_AUTO_TEST_SUITE(signer)

// RFC 4648 §10, with padding taken off, and the two letters that differ from base64.
BOOST_AUTO_TEST_CASE(base64url_is_that_of_the_rfc) {
  BOOST_TEST(Base64Url("") == "");
  BOOST_TEST(Base64Url("f") == "Zg");
  BOOST_TEST(Base64Url("fo") == "Zm8");
  BOOST_TEST(Base64Url("foobar") == "Zm9vYmFy");
  BOOST_TEST(Base64Url("\xfb\xff") == "-_8");
}

BOOST_AUTO_TEST_CASE(signatures_have_the_length_of_their_algorithm) {
  const std::pair<const char*, std::size_t> lengths[] = {
      {"RS256", 256}, {"PS512", 256}, {"ES256", 64}, {"ES384", 96}, {"ES512", 132}, {"EdDSA", 64}};
  for (const auto& [alg, length] : lengths) {
    BOOST_TEST_CONTEXT(alg) {
      BOOST_TEST(Signer(alg).SignBytes("text").size() == length);
    }
  }
}

BOOST_AUTO_TEST_CASE(key_set_names_the_key_and_holds_no_private_part) {
  const Signer signer("ES256", "east");
  BOOST_TEST(signer.KeySetJson().find(R"("kid":"east","alg":"ES256")") != std::string::npos);
  BOOST_TEST(signer.KeySetJson().find(R"("d":)") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(token_has_three_parts_and_the_header_given) {
  const Signer signer("EdDSA", "k");
  const std::string token = signer.Sign("{}");
  BOOST_TEST(token.starts_with(Base64Url(R"({"alg":"EdDSA","kid":"k","typ":"JWT"})") + ".e30."));
  BOOST_TEST(signer.SignWithHeader("{", "").starts_with(Base64Url("{") + ".."));
}

// Ed25519 and RSA PKCS 1 signatures are deterministic: the same key signs the same bytes alike.
BOOST_AUTO_TEST_CASE(key_comes_back_from_its_pem) {
  for (const char* alg : {"EdDSA", "RS256"}) {
    const Signer one(alg);
    const Signer two = Signer::FromPem(one.Pem(), alg, "key-1");
    BOOST_TEST(one.Jwk() == two.Jwk());
    BOOST_TEST(one.Sign("{}") == two.Sign("{}"));
  }
}

BOOST_AUTO_TEST_CASE(keys_are_new_each_time_but_for_rsa) {
  BOOST_TEST(Signer("EdDSA").Jwk() != Signer("EdDSA").Jwk());
  BOOST_TEST(Signer("RS256").Jwk() == Signer("RS256").Jwk());
}

BOOST_AUTO_TEST_SUITE_END()
