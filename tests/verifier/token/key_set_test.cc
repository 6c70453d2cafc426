#include "verifier/token/key_set.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/signer.h"

using namespace jobwarden;

namespace {

Result<KeySet> Parse(std::string_view text) {
  return KeySet::Parse(text, Code::kKeysUnavailable, "keys of \"gitlab\"");
}

std::string Refusal(std::string_view text) {
  const auto keys = Parse(text);
  BOOST_REQUIRE(!keys);
  BOOST_TEST(CodeName(keys.findings().front().code) == "KEYS_UNAVAILABLE");
  return keys.findings().front().message;
}

// The reason why the only key of this text is skipped.
std::string Reason(const std::string& jwk) {
  const auto keys = Parse("{\"keys\":[" + jwk + "]}");
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->kids().empty());
  BOOST_REQUIRE(keys->skipped().size() == 1);
  return keys->skipped().front().reason;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_set)

BOOST_AUTO_TEST_CASE(keys_are_found_by_their_exact_kid_in_the_order_of_the_set) {
  const testing::Signer one("EdDSA", "one"), two("ES256", "two"), three("RS256", "three");
  const auto keys = Parse("{\"keys\":[" + one.Jwk() + "," + two.Jwk() + "," + three.Jwk() + "]}");
  BOOST_REQUIRE(keys);
  const std::vector<std::string> expected{"one", "two", "three"};
  BOOST_TEST(keys->kids() == expected, boost::test_tools::per_element());
  BOOST_TEST(keys->skipped().empty());
  BOOST_TEST(keys->Has("two"));
  BOOST_TEST(!keys->Has("Two"));
  BOOST_TEST(!keys->Has(""));
  BOOST_TEST(!keys->Has("tw"));
  BOOST_TEST((keys->Find("one") != keys->Find("two")));
  BOOST_TEST(keys->Only() == nullptr);
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_key_set_is_refused_with_what_it_is) {
  BOOST_TEST(Refusal("[]") == "keys of \"gitlab\": expected an object with an array keys");
  BOOST_TEST(Refusal("{}") == "keys of \"gitlab\": expected an object with an array keys");
  BOOST_TEST(Refusal(R"({"keys":{}})") ==
             "keys of \"gitlab\": expected an object with an array keys");
  BOOST_TEST(Refusal(R"({"keys":[],"keys":[]})") == "keys of \"gitlab\": duplicate name \"keys\"");
  BOOST_TEST(Refusal("<html>").starts_with("keys of \"gitlab\": not valid JSON"));
  BOOST_TEST(Refusal(std::string(kMaxKeySetBytes + 1, ' ')) ==
             "keys of \"gitlab\": 1048577 bytes, the limit is 1048576");
}

BOOST_AUTO_TEST_CASE(a_set_without_keys_is_a_set) {
  const auto keys = Parse(R"({"keys":[]})");
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->kids().empty());
  BOOST_TEST(keys->Only() == nullptr);
}

BOOST_AUTO_TEST_CASE(a_kid_that_comes_twice_is_no_kid_and_the_others_stay) {
  const testing::Signer one("EdDSA", "one"), two("EdDSA", "two"), again("EdDSA", "one");
  const auto keys = Parse("{\"keys\":[" + one.Jwk() + "," + two.Jwk() + "," + again.Jwk() + "]}");
  BOOST_REQUIRE(keys);
  BOOST_TEST(!keys->Has("one"));
  BOOST_TEST(keys->Has("two"));
  BOOST_REQUIRE(keys->skipped().size() == 2U);
  BOOST_TEST(keys->skipped()[0].kid == "one");
  BOOST_TEST(keys->skipped()[0].reason ==
             "its kid appears more than once, and not with the same key");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_listed_twice_counts_once) {
  for (const char* alg : {"EdDSA", "ES256", "RS256"}) {
    const testing::Signer one(alg, "one"), two(alg, "two");
    const std::string same = one.Jwk();
    // Members that do not change what the key is, in another order.
    const std::string again = "{\"x5c\":[\"AAAA\"]," + same.substr(1);
    const auto keys =
        Parse("{\"keys\":[" + same + "," + two.Jwk() + "," + again + "," + same + "]}");
    BOOST_REQUIRE(keys);
    BOOST_TEST(keys->kids() == (std::vector<std::string>{"one", "two"}),
               boost::test_tools::per_element());
    BOOST_TEST(keys->skipped().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_listed_twice_differently_is_not_used) {
  const std::string same = testing::Signer("RS256", "one").Jwk();
  const auto with = [&](const std::string& member, const std::string& value) {
    std::string jwk = same;
    const std::size_t at = jwk.find("\"" + member + "\":");
    const std::size_t end = jwk.find_first_of(",}", at);
    return jwk.replace(at, end - at, "\"" + member + "\":" + value);
  };
  for (const std::string& other :
       {with("alg", "\"RS512\""), with("use", "\"enc\""), with("e", "\"Aw\""),
        std::string(R"({"kid":"one","kty":"oct","k":"AAAA"})")}) {
    for (const std::string& list :
         {same + "," + other, other + "," + same, same + "," + other + "," + same}) {
      const auto keys = Parse("{\"keys\":[" + list + "]}");
      BOOST_REQUIRE(keys);
      BOOST_TEST(!keys->Has("one"), list);
      BOOST_TEST(keys->skipped().size() >= 2U);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_skipped_key_says_why) {
  BOOST_TEST(Reason("1") == "not an object, but number");
  BOOST_TEST(Reason(R"({"kid":1})") == "kid is not a string");
  BOOST_TEST(Reason(R"({"kid":"a"})") == "kty is missing or not a string");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"PQ"})") == "unknown kty \"PQ\"");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"oct","k":"AAAA"})") ==
             "not a public key: it has the member k");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"RSA","use":"enc"})") == "use is not sig");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"RSA","key_ops":["sign"]})") ==
             "key_ops does not have verify");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"RSA","alg":"A256KW"})") ==
             "alg is not a signature algorithm known here: \"A256KW\"");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"RSA","n":"AQ=="})") ==
             "n or e is missing or not canonical base64url");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"RSA","n":"AQ","e":"AQAB"})") ==
             "an RSA key of 1 bits, expected 2048 to 8192");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"EC","crv":"P-192","x":"AQ","y":"AQ"})") ==
             "crv is not P-256, P-384 or P-521");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"EC","crv":"P-256","x":"AQ","y":"AQ"})") ==
             "coordinates that do not have 32 bytes");
  BOOST_TEST(Reason(R"({"kid":"a","kty":"OKP","crv":"Ed25519","x":"AQ"})") ==
             "x does not have 32 bytes");
  BOOST_TEST(Reason(testing::Signer("RS256", "a", 1024).Jwk()) ==
             "an RSA key of 1024 bits, expected 2048 to 8192");
  const std::string zeros(43, 'A');
  BOOST_TEST(Reason(R"({"kid":"a","kty":"EC","crv":"P-256","x":")" + zeros + R"(","y":")" + zeros +
                    "\"}") == "a point that is not on the curve");
}

BOOST_AUTO_TEST_CASE(a_key_without_a_kid_is_the_only_one_and_is_not_found) {
  std::string jwk = testing::Signer("EdDSA", "x").Jwk();
  const auto kid = jwk.find(R"("kid":"x",)");
  BOOST_REQUIRE(kid != std::string::npos);
  jwk.erase(kid, std::string_view(R"("kid":"x",)").size());
  const auto keys = Parse("{\"keys\":[" + jwk + "]}");
  BOOST_REQUIRE(keys);
  BOOST_TEST(keys->Only() != nullptr);
  BOOST_TEST(keys->kids().empty());
  BOOST_TEST(!keys->Has(""));
  BOOST_TEST(keys->skipped().front().reason == "kid is missing or empty");
}

BOOST_AUTO_TEST_CASE(rsa_keys_of_3072_and_4096_bits_and_leading_zeros_can_be_used) {
  for (const int bits : {3072, 4096}) {
    const testing::Signer signer("RS256", "a", bits);
    BOOST_TEST(Parse(signer.KeySetJson())->Has("a"), bits);
  }
  // Some issuers write the modulus as a signed number, with a zero byte in front.
  std::string jwk = testing::Signer("RS256", "a").Jwk();
  const auto e = jwk.find(R"("e":"AQAB")");
  BOOST_REQUIRE(e != std::string::npos);
  jwk.replace(e, std::string_view(R"("e":"AQAB")").size(), R"("e":"AAEAAQ")");
  BOOST_TEST(Parse("{\"keys\":[" + jwk + "]}")->Has("a"));
}

BOOST_AUTO_TEST_CASE(a_copy_outlives_the_set_that_it_was_made_from) {
  const testing::Signer signer("EdDSA", "a");
  auto keys = Parse(signer.KeySetJson());
  BOOST_REQUIRE(keys);
  const KeySet copy = *keys;
  keys = Parse(R"({"keys":[]})");
  BOOST_TEST(copy.Has("a"));
}

BOOST_AUTO_TEST_SUITE_END()
