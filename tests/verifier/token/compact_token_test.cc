#include "verifier/token/compact_token.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/signer.h"
#include "verifier/token/jws.h"
#include "verifier/token/signed_token.h"

using namespace jobwarden;

namespace {

constexpr std::string_view kPayload = R"({"iss":"https://gitlab.example.com","job_id":"7"})";

std::string Unsigned(std::string_view header, std::string_view payload) {
  return testing::Base64Url(header) + "." + testing::Base64Url(payload) + ".AAAA";
}

std::string Refusal(std::string_view text) {
  const auto token = CompactToken::Parse(text);
  BOOST_REQUIRE(!token);
  BOOST_REQUIRE(token.findings().size() == 1U);
  return std::string(CodeName(token.findings().front().code)) + " " +
         token.findings().front().message;
}

std::string HeaderRefusal(std::string_view header) {
  return Refusal(Unsigned(header, kPayload));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compact_token)

BOOST_AUTO_TEST_CASE(a_token_in_order_gives_out_its_parts) {
  const testing::Signer signer("EdDSA", "key-1");
  const std::string text = signer.Sign(kPayload);
  auto parsed = CompactToken::Parse(text);
  BOOST_REQUIRE(parsed);
  const CompactToken token = std::move(*parsed);
  BOOST_TEST((token.algorithm() == Algorithm::kEdDSA));
  BOOST_TEST(token.kid() == "key-1");
  BOOST_REQUIRE(token.issuer() != nullptr);
  BOOST_TEST(*token.issuer() == "https://gitlab.example.com");
  BOOST_TEST(token.signing_input() == text.substr(0, text.rfind('.')));
  BOOST_TEST(token.signature().size() == 64U);
}

BOOST_AUTO_TEST_CASE(a_refusal_says_field_expected_and_got) {
  BOOST_TEST(Refusal("a.b") ==
             "MALFORMED_TOKEN token: expected three parts with dots between them");
  BOOST_TEST(Refusal(std::string(65537, 'a')) ==
             "MALFORMED_TOKEN token: 65537 bytes, the limit is 65536");
  BOOST_TEST(Refusal("e=.AAAA.AAAA") ==
             "MALFORMED_TOKEN token: its header is not canonical base64url without padding");
  BOOST_TEST(Refusal("AAAA.AB.AAAA") ==
             "MALFORMED_TOKEN token: its payload is not canonical base64url without padding");
  BOOST_TEST(HeaderRefusal("[]") == "MALFORMED_TOKEN token: header: expected an object, got array");
  BOOST_TEST(HeaderRefusal(R"({"alg":"none"})") ==
             "ALGORITHM_INVALID alg: expected RS, PS, ES 256 to 512 or EdDSA, got \"none\"");
  BOOST_TEST(HeaderRefusal(R"({"alg":1})") ==
             "ALGORITHM_INVALID alg: expected RS, PS, ES 256 to 512 or EdDSA, got number");
  BOOST_TEST(HeaderRefusal(R"({})") ==
             "ALGORITHM_INVALID alg: expected RS, PS, ES 256 to 512 or EdDSA, got nothing");
  BOOST_TEST(HeaderRefusal(R"({"alg":"RS256","kid":"k","crit":["b64"]})") ==
             "HEADER_INVALID crit: this header parameter is refused");
  BOOST_TEST(HeaderRefusal(R"({"alg":"RS256","kid":"k","typ":"at+jwt"})") ==
             "HEADER_INVALID typ: expected \"JWT\", got \"at+jwt\"");
  BOOST_TEST(HeaderRefusal(R"({"alg":"RS256"})") ==
             "HEADER_INVALID kid: expected the name of a key, got nothing");
}

BOOST_AUTO_TEST_CASE(the_first_fault_alone_is_named) {
  BOOST_TEST(HeaderRefusal(R"({"alg":"none","crit":["x"]})").starts_with("ALGORITHM_INVALID"));
}

BOOST_AUTO_TEST_CASE(the_payload_is_not_looked_into_before_the_signature) {
  const auto token = CompactToken::Parse(Unsigned(R"({"alg":"EdDSA","kid":"k"})", "no json"));
  BOOST_REQUIRE(token);
  BOOST_TEST(token->issuer() == nullptr);
}

BOOST_AUTO_TEST_CASE(of_a_token_that_is_too_long_the_largest_claim_is_named) {
  const auto refusal = [](const std::string& payload) {
    const std::string message = Refusal(Unsigned("{}", payload));
    return message.substr(std::min(message.find(';'), message.size()));
  };
  const std::string groups = "[\"" + std::string(60'000, 'g') + "\"]";
  BOOST_TEST(refusal(R"({"iss":"https://gitlab.example.com","groups_direct":)" + groups + "}") ==
             "; its largest claim is \"groups_direct\" (60004 bytes)");
  // No claims, or nobody can read them.
  BOOST_TEST(refusal(groups) == "");
  BOOST_TEST(refusal("{}" + std::string(60'000, 'x')) == "");
}

BOOST_AUTO_TEST_CASE(an_issuer_is_peeked_at_even_where_the_token_is_broken) {
  const std::string payload = testing::Base64Url(kPayload);
  for (const std::string& text :
       {"." + payload + ".", "x." + payload + ".x",
        "e30." + payload + ".=", testing::Base64Url(R"({"alg":"none"})") + "." + payload + "."}) {
    BOOST_TEST(PeekIssuer(text).value_or("none") == "https://gitlab.example.com", text);
  }
  const std::string padding(kMaxTokenBytes, ' ');
  BOOST_TEST(PeekIssuer(Unsigned("{}", padding + std::string(kPayload))).value_or("none") ==
             "https://gitlab.example.com");
}

BOOST_AUTO_TEST_CASE(what_has_no_issuer_has_nothing_to_peek_at) {
  const std::string payload = testing::Base64Url(kPayload);
  for (const std::string& text :
       {std::string(), std::string("glpat-abc"), payload, "." + payload, "a." + payload + ".b.c",
        Unsigned("{}", "[]"), Unsigned("{}", "{}"), Unsigned("{}", R"({"iss":1})"),
        Unsigned("{}", R"({"x":{"iss":"a"}})"), Unsigned("{}", R"({"iss":"a")"),
        "e30." + payload + "=.AAAA"}) {
    BOOST_TEST(!PeekIssuer(text), text);
  }
}

BOOST_AUTO_TEST_CASE(a_bare_jws_needs_no_kid_and_no_payload) {
  const testing::Signer signer("EdDSA", "key-1");
  const auto keys = KeySet::Parse(signer.KeySetJson(), Code::kKeysUnavailable, "key set");
  BOOST_REQUIRE(keys);
  for (const std::string payload : {"", "\xFF\x00", "{}"}) {
    const std::string text = signer.SignWithHeader(R"({"alg":"EdDSA"})", payload);
    BOOST_TEST(bool(CheckJws(text, *keys, AllAlgorithms())));
    BOOST_TEST(bool(CheckJws(text + "\r\n", *keys, AllAlgorithms())));
    BOOST_TEST(!CheckJws(text + "\n\n", *keys, AllAlgorithms()));
    BOOST_TEST(!CheckJws(text, *keys, {Algorithm::kES256}));
    BOOST_TEST(!CompactToken::Parse(text));
  }
}

BOOST_AUTO_TEST_CASE(a_bare_jws_without_a_kid_is_not_tried_against_several_keys) {
  const testing::Signer one("EdDSA", "one"), two("EdDSA", "two");
  const auto keys = KeySet::Parse("{\"keys\":[" + one.Jwk() + "," + two.Jwk() + "]}",
                                  Code::kKeysUnavailable, "key set");
  BOOST_REQUIRE(keys);
  const auto status =
      CheckJws(one.SignWithHeader(R"({"alg":"EdDSA"})", "{}"), *keys, AllAlgorithms());
  BOOST_REQUIRE(!status);
  BOOST_TEST(CodeName(status.findings().front().code) == "KEY_UNKNOWN");
}

BOOST_AUTO_TEST_CASE(a_bare_jws_is_never_a_signed_token) {
  const testing::Signer signer("EdDSA", "key-1");
  const auto keys = KeySet::Parse(signer.KeySetJson(), Code::kKeysUnavailable, "key set");
  BOOST_REQUIRE(keys);
  const auto jws = CompactToken::Parse(signer.Sign(kPayload), CompactToken::Form::kJws);
  BOOST_REQUIRE(jws);
  BOOST_TEST(bool(VerifySignature(*jws, *keys, AllAlgorithms())));
  BOOST_TEST(!SignedToken::Verify(*jws, *keys, AllAlgorithms()));
}

BOOST_AUTO_TEST_CASE(the_reason_why_a_key_was_skipped_is_a_hint) {
  const testing::Signer small("RS256", "small", 1024);
  const auto keys = KeySet::Parse(small.KeySetJson(), Code::kKeysUnavailable, "key set");
  BOOST_REQUIRE(keys);
  const auto token = CompactToken::Parse(small.Sign(kPayload));
  BOOST_REQUIRE(token);
  const auto status = VerifySignature(*token, *keys, AllAlgorithms());
  BOOST_REQUIRE(!status);
  BOOST_TEST(status.findings().front().message == "kid: the key set has no usable key \"small\"");
  BOOST_TEST(status.findings().front().hint ==
             "that key was skipped: an RSA key of 1024 bits, expected 2048 to 8192");
}

BOOST_AUTO_TEST_CASE(algorithms_have_the_names_of_rfc_7518_and_no_others) {
  for (const Algorithm algorithm : AllAlgorithms()) {
    BOOST_TEST((AlgorithmFromName(AlgorithmName(algorithm)) == algorithm));
  }
  BOOST_TEST(AllAlgorithms().size() == 10U);
  for (const char* name : {"", "none", "HS256", "rs256", "ES256K", "RS256 "}) {
    BOOST_TEST(!AlgorithmFromName(name), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
