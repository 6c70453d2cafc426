#include "verifier/base/text.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace jobwarden {
namespace {

const std::string kJwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

std::string Repeat(const std::string& piece, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += piece;
  return text;
}

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(quoted_text_is_one_line_that_shows_what_it_holds) {
  BOOST_TEST(Quote("") == "\"\"");
  BOOST_TEST(Quote("main") == "\"main\"");
  BOOST_TEST(Quote("Größe ✓ 🎉") == "\"Größe ✓ 🎉\"");
  BOOST_TEST(Quote("a\"b\\c") == R"("a\"b\\c")");
  BOOST_TEST(Quote("a\nb\tc\rd") == R"("a\nb\tc\u000dd")");
  BOOST_TEST(Quote(std::string("\0\x1b[31m\x7f", 7)) == R"("\u0000\u001b[31m\u007f")");
}

BOOST_AUTO_TEST_CASE(what_hides_text_or_turns_it_around_is_escaped) {
  BOOST_TEST(Quote("a\u202eb") == R"("a\u202eb")");
  BOOST_TEST(Quote("a\u200bb\ufeff") == R"("a\u200bb\ufeff")");
  BOOST_TEST(Quote("\u2028\u2066\u00ad\u0085") == R"("\u2028\u2066\u00ad\u0085")");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf_8_are_escaped_one_by_one) {
  BOOST_TEST(Quote("a\xff\xfe") == R"("a\ufffd\ufffd")");
  BOOST_TEST(Quote("\xc3") == R"("\ufffd")");
  BOOST_TEST(Quote("\xc0\x80") == R"("\ufffd\ufffd")");
  BOOST_TEST(Quote("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");
}

BOOST_AUTO_TEST_CASE(long_text_is_cut_after_200_characters_not_bytes) {
  BOOST_TEST(Quote(Repeat("ö", 200)) == "\"" + Repeat("ö", 200) + "\"");
  BOOST_TEST(Quote(Repeat("ö", 201)) == "\"" + Repeat("ö", 200) + "…\"");
}

BOOST_AUTO_TEST_CASE(a_token_is_never_shown_nor_a_piece_of_one) {
  BOOST_TEST(Quote(kJwt) == R"("[JWT]")");
  BOOST_TEST(Quote("Bearer " + kJwt + ", twice: " + kJwt) == R"("Bearer [JWT], twice: [JWT]")");
  for (std::size_t size = 12; size < kJwt.size(); ++size) {
    BOOST_TEST(Quote("x" + kJwt.substr(0, size)) == R"("x[JWT]")", size);
  }
  BOOST_TEST(Quote(Repeat("x", 199) + kJwt) == "\"" + Repeat("x", 199) + "[JWT]\"");
  BOOST_TEST(Quote("eyJab is a word") == R"("eyJab is a word")");
}

BOOST_AUTO_TEST_CASE(what_the_runner_takes_for_a_command_is_escaped) {
  BOOST_TEST(Quote("##[error]x") == R"("##\u005berror]x")");
  BOOST_TEST(Quote("#[error] [x]") == R"("#[error] [x]")");
}

BOOST_AUTO_TEST_CASE(a_plain_name_is_shown_as_it_is_and_any_other_quoted) {
  BOOST_TEST(QuoteName("CI_JOB_TOKEN") == "CI_JOB_TOKEN");
  BOOST_TEST(QuoteName("_1") == "_1");
  BOOST_TEST(QuoteName(Repeat("A", 64)) == Repeat("A", 64));
  BOOST_TEST(QuoteName(Repeat("A", 65)) == "\"" + Repeat("A", 65) + "\"");
  BOOST_TEST(QuoteName("") == "\"\"");
  BOOST_TEST(QuoteName("A-B") == "\"A-B\"");
  BOOST_TEST(QuoteName("A B") == "\"A B\"");
  BOOST_TEST(QuoteName("A\n") == "\"A\\n\"");
  BOOST_TEST(QuoteName("É") == "\"É\"");
}

BOOST_AUTO_TEST_CASE(several_texts_are_quoted_and_joined) {
  BOOST_TEST(QuoteAll({"a", "b\n"}) == R"("a", "b\n")");
  BOOST_TEST(QuoteAll({}) == "");
  BOOST_TEST(Join({"a", "b", "c"}, "; ") == "a; b; c");
}

BOOST_AUTO_TEST_CASE(the_nearest_word_is_the_one_that_was_meant) {
  const std::vector<std::string> words = {"audience", "algorithms", "leeway", "name", "url"};
  BOOST_TEST(NearestWord("audiense", words) == "audience");
  BOOST_TEST(NearestWord("audeince", words) == "audience");
  BOOST_TEST(NearestWord("audiences", words) == "audience");
  BOOST_TEST(NearestWord("nmae", words) == "name");
  BOOST_TEST(NearestWord("uri", words) == "url");
  BOOST_TEST(NearestWord("algorithm_list", words) == "algorithms");
  BOOST_TEST(NearestWord("url", words) == "url");
}

BOOST_AUTO_TEST_CASE(a_word_that_is_far_from_all_has_no_nearest) {
  BOOST_TEST(NearestWord("certificate", {"audience", "leeway"}) == "");
  BOOST_TEST(NearestWord("x", {"leeway"}) == "");
  BOOST_TEST(NearestWord("", {"leeway"}) == "");
  BOOST_TEST(NearestWord("leeway", {}) == "");
}

BOOST_AUTO_TEST_CASE(of_words_that_are_equally_near_the_first_is_taken) {
  BOOST_TEST(NearestWord("kex", {"keg", "key"}) == "keg");
}

BOOST_AUTO_TEST_CASE(a_piece_is_found_and_removed_wherever_it_is) {
  BOOST_TEST(Contains("abc", "bc"));
  BOOST_TEST(!Contains("abc", "cb"));
  BOOST_TEST(Contains("abc", ""));
  BOOST_TEST(RemoveAll("xaxbx", "x") == "ab");
  BOOST_TEST(RemoveAll("aaa", "aa") == "a");
  BOOST_TEST(RemoveAll("abc", "x") == "abc");
}

BOOST_AUTO_TEST_CASE(a_prefix_is_taken_where_it_is) {
  std::string_view text = "export A";
  BOOST_TEST(!TakePrefix(text, "A"));
  BOOST_TEST(text == "export A");
  BOOST_TEST(TakePrefix(text, "export "));
  BOOST_TEST(text == "A");
  BOOST_TEST(TakePrefix(text, ""));
}

BOOST_AUTO_TEST_CASE(utf_8_is_told_from_other_bytes) {
  BOOST_TEST(IsUtf8(""));
  BOOST_TEST(IsUtf8("a\u00e9\u20ac\U0001f389"));
  for (const char* bytes : {"\x80", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                            "\xf8\x88\x80\x80\x80", "a\xff"}) {
    BOOST_TEST(!IsUtf8(bytes));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
