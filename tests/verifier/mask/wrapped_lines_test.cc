#include "verifier/mask/wrapped_lines.h"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>

#include "tests/support/base64url.h"
#include "tests/verifier/mask/plain_masker.h"
#include "tests/verifier/mask/streams.h"
#include "verifier/base/encoding.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

std::string Token(std::size_t size) {
  std::string token;
  for (std::uint32_t x = 1; token.size() < size; x = x * 1'664'525 + 1'013'904'223) {
    token += "tK9-x_Q7.mZ2vB4~"[x >> 28];
  }
  return token;
}

// In lines of so many characters.
std::string Wrap(std::string_view text, std::size_t columns, std::string_view end) {
  std::string wrapped;
  for (const auto line : Cut(text, columns)) wrapped.append(line).append(end);
  return wrapped;
}

void CheckGone(const std::string& before, const std::string& token, std::size_t columns,
               const std::string& end) {
  const MaskSet set({token}, {});
  const std::string text =
      "$ base64\n" + Wrap(Base64Url(before + token + "\n"), columns, end) + "$ ";
  const std::string masked = MaskWhole(set, text);
  BOOST_TEST(masked == MaskPlainly(text, {token}, {}));
  // What is left of the token's characters: one at either end.
  const std::size_t most = 9 + before.size() * 4 / 3 + before.size() / columns * 2 + 4 + 8 + 8;
  BOOST_TEST(masked.size() <= most);
  BOOST_TEST(CutsThatMatter(set, text) == 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wrapped_lines)

BOOST_AUTO_TEST_CASE(a_token_is_masked_however_wide_the_lines_are) {
  for (const std::size_t columns : {40, 60, 64, 76}) {
    for (const std::string end : {"\n", "\r\n", "\r"}) CheckGone("", Token(180), columns, end);
  }
}

BOOST_AUTO_TEST_CASE(a_token_is_masked_wherever_in_a_line_it_begins) {
  for (std::size_t before = 0; before <= 60; ++before) {
    CheckGone(std::string(before, '-'), Token(100), 76, "\n");
  }
}

BOOST_AUTO_TEST_CASE(a_short_token_is_masked_where_a_line_breaks_it) {
  for (std::size_t before = 40; before <= 60; ++before) {
    CheckGone(std::string(before, '-'), "hunter2-", 76, "\n");
  }
}

BOOST_AUTO_TEST_CASE(hexadecimal_digits_may_be_wrapped_too) {
  const MaskSet set({Token(50)}, {});
  BOOST_TEST(MaskWhole(set, Wrap(EncodeHex(Token(50)), 60, "\n")) == "[MASKED]\n");
}

BOOST_AUTO_TEST_CASE(a_break_behind_a_short_line_is_a_break) {
  const MaskSet set({Token(100)}, {});
  const std::string text = Wrap(Base64Url(Token(100)), 39, "\n");
  BOOST_TEST(MaskWhole(set, text) == text);
}

BOOST_AUTO_TEST_CASE(two_breaks_are_a_break) {
  const MaskSet set({Token(100)}, {});
  for (const std::string end : {"\n\n", "\r\r", "\n\r", "\r\n\n", " \n", "\n "}) {
    const std::string text = Wrap(Base64Url(Token(100)), 64, end);
    BOOST_TEST(MaskWhole(set, text) == text);
    BOOST_TEST(CutsThatMatter(set, text) == 0);
  }
}

BOOST_AUTO_TEST_CASE(a_line_end_is_held_back_only_behind_the_beginning_of_a_form) {
  const MaskSet set({Token(100)}, {});
  const std::string wrapped = Base64Url(Token(100));
  Masker masker(set);
  const std::string line = "- " + wrapped.substr(10, 60);
  BOOST_TEST(Text(masker.Feed(line + "\n")) == line + "\n");
  BOOST_TEST(Text(masker.Feed("- " + wrapped.substr(0, 60) + "\n")) == "- ");
  BOOST_TEST(Text(masker.Feed("x")) == wrapped.substr(0, 60) + "\nx");
}

BOOST_AUTO_TEST_SUITE_END()
