#include "verifier/mask/interrupted_search.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <vector>

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

// In lines of so many characters, each between `before` and `after`.
std::string Fold(std::string_view text, std::size_t columns, std::string_view before,
                 std::string_view after) {
  std::string folded;
  for (const auto line : Cut(text, columns)) folded.append(before).append(line).append(after);
  return folded;
}

void CheckBecomes(const std::string& secret, const std::string& text, const std::string& expected) {
  const MaskSet set({secret}, {});
  BOOST_TEST(MaskWhole(set, text) == expected);
  BOOST_TEST(MaskPlainly(text, {secret}, {}) == expected);
  BOOST_TEST(CutsThatMatter(set, text) == 0);
}

void CheckStays(const std::string& secret, const std::string& text) {
  CheckBecomes(secret, text, text);
}

// That no eight characters of the token's encoding are left, but for those that it shares with what
// is before and after it.
void CheckGone(const std::string& before, const std::string& token, std::size_t columns,
               const std::string& margin, const std::string& end) {
  const MaskSet set({token}, {});
  const std::string encoded = Base64Url(before + token + "\n");
  const std::string text = "$ base64\n" + Fold(encoded, columns, margin, end) + "$ ";
  const std::string masked = MaskWhole(set, text);
  BOOST_TEST(masked == MaskPlainly(text, {token}, {}));
  for (std::size_t at = before.size() * 4 / 3 + 2; at + 10 < encoded.size(); ++at) {
    BOOST_TEST(masked.find(encoded.substr(at, 8)) == std::string::npos);
  }
  BOOST_TEST(CutsThatMatter(set, text) == 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interrupted_search)

BOOST_AUTO_TEST_CASE(a_token_is_masked_however_wide_the_lines_are) {
  for (const std::size_t columns : {20, 40, 60, 64, 76}) {
    for (const std::string end : {"\n", "\r\n", "\r", "\r\r\n"}) {
      CheckGone("", Token(180), columns, "", end);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_token_is_masked_wherever_in_a_line_it_begins) {
  for (std::size_t before = 0; before <= 60; ++before) {
    CheckGone(std::string(before, '-'), Token(100), 76, "", "\n");
    CheckGone(std::string(before, '-'), Token(100), 76, "\t", "\r\n");
  }
}

BOOST_AUTO_TEST_CASE(a_short_token_is_masked_where_a_line_breaks_it) {
  for (std::size_t before = 40; before <= 60; ++before) {
    CheckGone(std::string(before, '-'), "hunter2-", 76, "  ", "\n");
  }
}

BOOST_AUTO_TEST_CASE(a_token_may_begin_anywhere_in_a_narrow_line) {
  const std::string token = Token(100);
  for (const std::string end : {"\n", "\r\n", "\n    "}) {
    for (std::size_t before = 0; before <= 27; ++before) {
      const std::string text = Fold(std::string(before, ' ') + token, 30, "", end) + "$ ";
      const std::string masked = MaskWhole(MaskSet({token}, {}), text);
      BOOST_TEST(masked == MaskPlainly(text, {token}, {}));
      BOOST_TEST(CutsThatMatter(MaskSet({token}, {}), text) == 0);
      for (std::size_t at = 0; at + 8 <= token.size(); ++at) {
        BOOST_TEST(masked.find(token.substr(at, 8)) == std::string::npos);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(hexadecimal_digits_may_be_folded_too) {
  CheckBecomes(Token(50), Fold(EncodeHex(Token(50)), 60, "", "\n"), "[MASKED]\n[MASKED]\n");
}

BOOST_AUTO_TEST_CASE(whatever_is_between_the_parts_stays) {
  const std::string token = Token(100);
  for (const auto& [before, after] :
       std::vector<std::pair<std::string, std::string>>{{"    ", "\n"},
                                                        {"\t", "\r\n"},
                                                        {"> ", "\n"},
                                                        {"#7 0.123 ", "\n"},
                                                        {"web-1  | ", "\n"},
                                                        {"2026-11-22T10:11:12.345Z ", "\n"},
                                                        {"| ", " |\n"},
                                                        {"│ ", " │\n"},
                                                        {"| 2026-01-01 | ", " | another cell |\n"},
                                                        {"  \"", "\" +\n"},
                                                        {"  '", "' .\n"},
                                                        {"", "\\\n"},
                                                        {"", "=\n"},
                                                        {"\x1b[32m", "\x1b[0m\n"},
                                                        {"\x1b[1;38;5;12m  ", "\x1b[0m\x1b[K   \n"},
                                                        {"     1\t", "\n"}}) {
    CheckBecomes(token, Fold(token, 34, before, after),
                 fmt::format("{0}[MASKED]{1}{0}[MASKED]{1}{0}[MASKED]{1}", before, after));
  }
}

BOOST_AUTO_TEST_CASE(colours_may_be_anywhere_in_a_secret) {
  const std::string token = Token(40);
  for (const std::string colour :
       {"\x1b[m", "\x1b[01;31m\x1b[K", "\x1b(B\x1b[m", "\x1b[38;2;1;2;3m",
        "\x1b]8;;https://x.example\x1b\\", "\x1b]0;title\a", "\x1b=", "\x1b[?25l"}) {
    for (std::size_t at = 1; at < token.size(); ++at) {
      const MaskSet set({token}, {});
      BOOST_TEST(MaskWhole(set, "<" + token.substr(0, at) + colour + token.substr(at) + ">") ==
                 "<[MASKED]" + colour + "[MASKED]>");
    }
  }
  std::string rainbow, expected;
  for (std::size_t i = 0; i < token.size(); ++i) {
    rainbow += fmt::format("\x1b[3{}m{}", i % 8, token[i]);
    expected += fmt::format("\x1b[3{}m[MASKED]", i % 8);
  }
  CheckBecomes(token, rainbow + "\x1b[m", expected + "\x1b[m");
}

BOOST_AUTO_TEST_CASE(what_is_no_control_sequence_is_no_interruption) {
  const std::string token = Token(40);
  for (const std::string other :
       {"\x1b", "\x1b\x1b", "\x1b]x\n", "\x1b]x\x1b[m", "\x1b[\x7f", "\x7f"}) {
    CheckStays(token, token.substr(0, 20) + other + token.substr(20) + "\n");
  }
}

BOOST_AUTO_TEST_CASE(an_interruption_has_an_end) {
  const std::string token = Token(64);
  const auto interrupted = [&](std::size_t before, std::size_t after) {
    return token.substr(0, 30) + std::string(before, ' ') + "\n" + std::string(after, ' ') +
           token.substr(30) + "\n";
  };
  const MaskSet set({token}, {});
  BOOST_TEST(MaskWhole(set, interrupted(255, 255)).find(token.substr(0, 8)) == std::string::npos);
  for (const std::string& text : {interrupted(256, 0), interrupted(0, 256)}) {
    BOOST_TEST(MaskWhole(set, text) == text);
    BOOST_TEST(MaskPieces(set, Cut(text, 1)) == text);
  }
  const std::string title =
      token.substr(0, 30) + "\x1b]0;" + std::string(300, 't') + "\a" + token.substr(30) + "\n";
  CheckStays(token, title);
}

BOOST_AUTO_TEST_CASE(an_empty_line_ends_a_secret) {
  for (const std::string end : {"\n\n", "\r\r", "\n\r", "\r\n\n", "\n  \n"}) {
    CheckStays(Token(100), Fold(Token(100), 34, "", end));
  }
}

BOOST_AUTO_TEST_CASE(words_that_follow_each_other_are_no_secret) {
  CheckStays("production-database-1", "production-\ndatabase-1\n");
  CheckStays("abcdefghijklmnop", "abcdefghijkl\nxmnop\n");
  CheckStays("abcdefghijklmnop", "abcdefghijkl mnop\n");
  CheckStays("abcdefghijklmnop", "abcdefghijkl or\nmnop\n");
  CheckStays("correct-horse-battery-staple", "correct\nhorse\nbattery\nstaple\n");
  CheckStays("correct-horse-battery-1", "correct-\nhorse-battery-1\n");
  CheckStays("correct-horse-battery-staple", "co\nrrect-horse-battery-staple\n");
  // Broken where no program breaks it: a word that is longer goes on with something else.
  CheckStays("abcdefghijklmnop", "abcdefghijkl\nmnopq\n");
}

BOOST_AUTO_TEST_CASE(a_line_end_is_held_back_only_after_the_beginning_of_a_form) {
  const MaskSet set({Token(100)}, {});
  const std::string wrapped = Base64Url(Token(100));
  Masker masker(set);
  const std::string line = "- " + wrapped.substr(10, 60);
  BOOST_TEST(Text(masker.Feed(line + "\n")) == line + "\n");
  BOOST_TEST(Text(masker.Feed("- " + wrapped.substr(0, 60) + "\n")) == "- ");
  BOOST_TEST(Text(masker.Feed("x")) == "");  // another word may follow, and go on with it
  BOOST_TEST(Text(masker.Feed("\n")) == wrapped.substr(0, 60) + "\nx\n");
}

BOOST_AUTO_TEST_CASE(nothing_is_held_back_for_long) {
  const MaskSet set({Token(100)}, {});
  Masker masker(set);
  const std::string part = Token(100).substr(0, 30);
  BOOST_TEST(Text(masker.Feed(part + "\nprompt ")) == "");
  std::string out;
  for (int i = 0; i < 256; ++i) out += Text(masker.Feed("$"));
  BOOST_TEST(out.starts_with(part + "\nprompt $$$"));
}

BOOST_AUTO_TEST_CASE(hostile_secrets_and_texts_end) {
  const std::string secret = "head" + std::string(60'000, 'a') + "b";
  const MaskSet set({secret, std::string(60'000, 'a') + "c"}, {});
  for (const std::string& line : {std::string(30, 'a') + "\n", "head" + std::string(30, 'a') + "\n",
                                  std::string("a\x1b[m"), std::string("aaaaaaaaaaaaaaaa\x1b")}) {
    std::string text;
    while (text.size() < 200'000) text += line;
    BOOST_TEST(MaskWhole(set, text).size() > 0U);
    BOOST_TEST(MaskPieces(set, Cut(text, 997)).size() > 0U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
