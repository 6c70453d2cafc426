// Secrets as they are stored, and as common programs printed them.

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/places.h"
#include "tests/verifier/mask/leftovers.h"
#include "tests/verifier/mask/plain_masker.h"
#include "tests/verifier/mask/streams.h"
#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/mask/masked_forms.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

struct Case {
  std::string why, value, printed;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  std::ifstream file(testing::InShared("cases/masking.jsonl"));
  for (std::string line; std::getline(file, line);) {
    const auto json = ParseJson(line, {.max_bytes = 1 << 20}, Code::kMalformedToken, "case");
    BOOST_REQUIRE(json);
    const auto text = [&](std::string_view name) { return *json->Find(name)->AsString(); };
    cases.push_back({text("why"), text("value"), text("printed")});
  }
  return cases;
}

// That of the forms in which a value was printed nothing is left either: what is left of an
// encoding is less than 16 of its characters.
std::string EncodingLeftOf(std::string_view value, std::string_view masked) {
  for (const Secret& form : MaskedForms(value)) {
    for (std::size_t at = 0; at + 16 <= form.size(); ++at) {
      const std::string_view piece = form.view().substr(at, 16);
      if (piece.find("----") == piece.npos && masked.find(piece) != masked.npos) {
        return std::string(piece);
      }
    }
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cases)

BOOST_AUTO_TEST_CASE(nothing_of_a_secret_is_left_however_it_was_printed_and_the_stream_is_cut) {
  std::mt19937 random(1);
  const auto cases = Cases();
  BOOST_REQUIRE(cases.size() >= 33U);
  for (const auto& [why, value, printed] : cases) {
    BOOST_TEST_INFO_SCOPE(why);
    const MaskSet set({value}, {});
    const std::string masked = MaskWhole(set, printed);
    BOOST_TEST(LeftOf(value, masked) == "");
    BOOST_TEST(EncodingLeftOf(value, masked) == "");
    BOOST_TEST(masked.find("[MASKED]") != std::string::npos);
    BOOST_TEST(masked == MaskPlainly(printed, {value}, {}));
    BOOST_TEST(CutsThatMatter(set, printed) == 0);
    for (int i = 0; i < 20; ++i) {
      std::vector<std::string_view> pieces;
      for (std::string_view rest = printed; !rest.empty();) {
        pieces.push_back(rest.substr(0, random() % 40));
        rest.remove_prefix(pieces.back().size());
      }
      BOOST_TEST(MaskPieces(set, pieces) == masked);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_secrets_of_all_cases_are_masked_side_by_side) {
  const auto cases = Cases();
  std::vector<std::string_view> values;
  std::string text;
  for (const auto& [why, value, printed] : cases) {
    values.push_back(value);
    text += printed + "\n\n";
  }
  const MaskSet set(values, {});
  const std::string masked = MaskWhole(set, text);
  for (const std::string_view value : values) BOOST_TEST(LeftOf(value, masked) == "");
  for (const std::size_t bytes : {1, 7, 64})
    BOOST_TEST(MaskPieces(set, Cut(text, bytes)) == masked);
}

BOOST_AUTO_TEST_SUITE_END()
