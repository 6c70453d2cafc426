// The example vectors that the RFCs publish. They have no `kid`.

#include <boost/test/unit_test.hpp>

#include "verifier/base/encoding.h"
#include "verifier/token/compact_token.h"
#include "verifier/token/jws.h"
#include "verifier/token/signature.h"

using namespace jobwarden;

namespace {

const std::string kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ";

struct Example {
  std::string name;
  std::string jwk;
  std::string input;
  std::string signature;
};

const Example kRs256{
    "RFC 7515 A.2",
    R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmf)"
    "HQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb"
    "_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3q"
    "Co5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp"
    "oQ\"}",
    "eyJhbGciOiJSUzI1NiJ9." + kPayload,
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5ju"
    "jGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07"
    "Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipU"
    "TI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"};

const Example kEs256{
    "RFC 7515 A.3",
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
    "eyJhbGciOiJFUzI1NiJ9." + kPayload,
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"};

const Example kEdDsa{
    "RFC 8037 A.4",
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"};

KeySet KeysOf(const std::string& jwk) {
  auto keys = KeySet::Parse("{\"keys\":[" + jwk + "]}", Code::kKeysUnavailable, "key set");
  BOOST_REQUIRE(keys);
  return *keys;
}

void Check(const Example& example, Algorithm algorithm) {
  BOOST_TEST_CONTEXT(example.name) {
    const KeySet keys = KeysOf(example.jwk);
    BOOST_REQUIRE(keys.Only() != nullptr);
    const auto signature = DecodeBase64Url(example.signature);
    BOOST_REQUIRE(signature);
    BOOST_TEST(VerifyBytes(*keys.Only(), algorithm, example.input, *signature));
    BOOST_TEST(!VerifyBytes(*keys.Only(), algorithm, example.input + "A", *signature));

    const std::string compact = example.input + "." + example.signature;
    BOOST_TEST(bool(CheckJws(compact, keys, {algorithm})));
    BOOST_TEST(bool(CheckJws(compact + "\n", keys, {algorithm})));
    const auto token = CompactToken::Parse(compact);
    BOOST_REQUIRE(!token);
    BOOST_TEST(CodeName(token.findings().front().code) == "HEADER_INVALID");
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(published)

BOOST_AUTO_TEST_CASE(rs256_of_rfc_7515_a2_verifies_and_is_no_token_without_a_kid) {
  Check(kRs256, Algorithm::kRS256);
}

BOOST_AUTO_TEST_CASE(es256_of_rfc_7515_a3_verifies_and_is_no_token_without_a_kid) {
  Check(kEs256, Algorithm::kES256);
}

BOOST_AUTO_TEST_CASE(ed25519_of_rfc_8037_a4_verifies_and_is_no_token_without_a_kid) {
  Check(kEdDsa, Algorithm::kEdDSA);
}

BOOST_AUTO_TEST_CASE(unsecured_jws_of_rfc_7515_a5_is_refused_for_its_algorithm) {
  const std::string compact = "eyJhbGciOiJub25lIn0." + kPayload + ".";
  const auto token = CompactToken::Parse(compact);
  BOOST_REQUIRE(!token);
  BOOST_TEST(CodeName(token.findings().front().code) == "ALGORITHM_INVALID");
  const auto jws = CheckJws(compact, KeysOf(kRs256.jwk), AllAlgorithms());
  BOOST_REQUIRE(!jws);
  BOOST_TEST(CodeName(jws.findings().front().code) == "ALGORITHM_INVALID");
}

BOOST_AUTO_TEST_SUITE_END()
