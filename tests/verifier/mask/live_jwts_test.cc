#include "verifier/mask/live_jwts.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/verifier/mask/plain_masker.h"
#include "tests/verifier/mask/streams.h"
#include "tests/verifier/unsigned_jwt.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

const std::string kIssuer = "https://gitlab.example.com";
const std::string kOurs = Jwt(R"({"iss":"https://gitlab.example.com","aud":"vault"})");
const std::string kForeign = Jwt(R"({"iss":"https://gitlab.example.org","aud":"vault"})");

const MaskSet& Set() {
  static const MaskSet set({}, {"https://other.example.com", kIssuer});
  return set;
}

void CheckBecomes(const std::string& text, const std::string& expected) {
  BOOST_TEST(MaskWhole(Set(), text) == expected);
  BOOST_TEST(MaskPlainly(text, {}, Set().issuers()) == expected);
  if (text.size() < 4000) BOOST_TEST(CutsThatMatter(Set(), text) == 0);
}

void CheckStays(const std::string& text) {
  CheckBecomes(text, text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(live_jwts)

BOOST_AUTO_TEST_CASE(a_jwt_of_a_configured_issuer_is_masked) {
  CheckBecomes(kOurs, "[MASKED]");
  CheckBecomes("Authorization: Bearer " + kOurs + "\n", "Authorization: Bearer [MASKED]\n");
  CheckBecomes("{\"t\":\"" + kOurs + "\"}" + kOurs + "," + kOurs,
               "{\"t\":\"[MASKED]\"}[MASKED],[MASKED]");
}

BOOST_AUTO_TEST_CASE(a_jwt_of_another_issuer_is_none_of_ours) {
  CheckStays(kForeign);
  CheckStays("a " + kForeign + "\n" + Jwt("{}") + " " + Jwt(R"({"iss":7})") + " " + Jwt("[]"));
  CheckStays(Jwt(R"({"iss":"https://gitlab.example.com/"})"));
  CheckBecomes(kForeign + " " + kOurs, kForeign + " [MASKED]");
}

BOOST_AUTO_TEST_CASE(an_issuer_is_found_however_json_writes_it) {
  CheckBecomes(Jwt(R"({ "a":1, "\u0069ss" : "https:\/\/gitlab.example.com"})"), "[MASKED]");
}

BOOST_AUTO_TEST_CASE(without_issuers_nothing_is_a_jwt) {
  const MaskSet none({}, {});
  Masker masker(none);
  BOOST_TEST(Text(masker.Feed(kOurs)) == kOurs);
}

BOOST_AUTO_TEST_CASE(a_jwt_may_follow_other_base64url_characters) {
  CheckBecomes("glcbt-64_" + kOurs, "glcbt-64_[MASKED]");
  CheckBecomes("eyJeyJ" + kOurs, "eyJeyJ[MASKED]");
  CheckBecomes("a.b." + kOurs, "a.b.[MASKED]");
  CheckBecomes("eyJa.eyJb." + kOurs, "eyJa.eyJb.[MASKED]");
}

BOOST_AUTO_TEST_CASE(what_is_not_three_parts_is_no_jwt) {
  const std::string signing_input = kOurs.substr(0, kOurs.rfind('.'));
  for (const std::string end : {"", ".", ". ", "..", " .x", "\n.x"})
    CheckStays(signing_input + end);
  const std::string header = kOurs.substr(0, kOurs.find('.'));
  CheckStays(header + ".." + kOurs.substr(header.size() + 1));
  CheckStays(header);
  CheckStays("e ey eyJ eyJ. eyJ.eyJ");
}

BOOST_AUTO_TEST_CASE(a_signature_is_swallowed_to_its_end) {
  const std::string longer(40'000, 'S');
  CheckBecomes(kOurs + longer + "-_ x", "[MASKED] x");
  Masker masker(Set());
  BOOST_TEST(Text(masker.Feed(kOurs)) == "[MASKED]");
  for (int i = 0; i < 100; ++i) BOOST_TEST(Text(masker.Feed("abcSS")) == "");
  BOOST_TEST(Text(masker.Feed("== end")) == "== end");
}

BOOST_AUTO_TEST_CASE(what_can_be_no_jwt_any_more_goes_out_at_once) {
  Masker masker(Set());
  BOOST_TEST(Text(masker.Feed("say e")) == "say ");
  BOOST_TEST(Text(masker.Feed("y")) == "");
  BOOST_TEST(Text(masker.Feed("e: ey")) == "eye: ");
  BOOST_TEST(Text(masker.Feed("Jhb")) == "");
  BOOST_TEST(Text(masker.Feed("=")) == "eyJhb=");
  const std::size_t dot = kForeign.rfind('.');
  BOOST_TEST(Text(masker.Feed("x" + kForeign.substr(0, dot))) == "x");
  BOOST_TEST(Text(masker.Feed(".")) == kForeign.substr(0, dot + 1));
  BOOST_TEST(Text(masker.Feed("c2ln")) == "c2ln");
  BOOST_TEST(Text(masker.Feed("\n")) == "\n");
  const std::size_t ours = kOurs.rfind('.');
  BOOST_TEST(Text(masker.Feed(kOurs.substr(0, ours + 1))) == "");
  BOOST_TEST(Text(masker.Feed("c")) == "[MASKED]");
}

BOOST_AUTO_TEST_CASE(a_jwt_has_64_kib_for_header_and_payload) {
  const auto with = [](std::size_t size) {
    std::string payload = R"({"iss":"https://gitlab.example.com","x":")";
    const std::size_t header = Jwt("").find('.');
    payload.resize((size - header - 1) / 4 * 3 - 2, 'x');
    return Jwt(payload + "\"}");
  };
  BOOST_TEST(with(65'536).rfind('.') <= 65'536U);
  BOOST_TEST(with(65'536).rfind('.') > 65'532U);
  CheckBecomes(with(65'536) + " x", "[MASKED] x");
  CheckStays(with(65'541));
}

BOOST_AUTO_TEST_CASE(no_more_than_64_kib_is_held_back_of_a_run_without_end) {
  Masker masker(Set());
  const std::string starts = "eyJeyJeyJeyJeyJeyJeyJeyJeyJeyJeyJeyJeyJeyJeyJeyJ";
  std::size_t in = 0;
  std::size_t out = 0;
  for (int i = 0; i < 5000; ++i) {
    in += starts.size();
    out += Text(masker.Feed(starts)).size();
    BOOST_REQUIRE(in - out <= 65'536U);
  }
  BOOST_TEST(out + Text(masker.Finish()).size() == in);
}

BOOST_AUTO_TEST_CASE(a_jwt_behind_a_long_run_is_masked) {
  const std::string run = "eyJ" + std::string(20'000, 'x');
  CheckBecomes(run + kOurs, run + "[MASKED]");
  BOOST_TEST(MaskPieces(Set(), Cut(run + kOurs + ".", 997)) == run + "[MASKED].");
}

BOOST_AUTO_TEST_CASE(hostile_texts_end) {
  for (const std::string piece :
       {"eyJ", "eyJ.", "eyJ.eyJ", ".", "e", "J", "eyJhbGciOiJub25lIn0."}) {
    std::string text;
    while (text.size() < 1024 * 1024) text += piece;
    BOOST_TEST((MaskWhole(Set(), text) == text));
    BOOST_TEST((MaskPieces(Set(), Cut(text, 100)) == text));
  }
}

BOOST_AUTO_TEST_SUITE_END()
