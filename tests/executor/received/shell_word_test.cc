#include "executor/received/shell_word.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/child.h"

using namespace jobwarden;

namespace {

// What a shell makes of `printf %s WORD`.
std::string Printed(const std::string& shell, const std::string& word) {
  jobwarden::testing::ChildOptions options;
  options.command = {"/bin/" + shell};
  options.input = "printf %s " + word;
  const auto result = jobwarden::testing::RunChild(options);
  return result.exit_code == 0 ? result.out : "failed";
}

std::string AllBytes() {
  std::string bytes;
  for (int i = 1; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shell_word)

BOOST_AUTO_TEST_CASE(words_are_written_as_the_runner_writes_them) {
  struct Row {
    const char* text;
    const char* ansi_c;
    const char* ansi_c_of_fourteen;
    const char* posix;
  };
  for (const Row& row : {
           Row{"", "''", "''", "''"},
           Row{"MAIN,1-2./3@4_", "MAIN,1-2./3@4_", "MAIN,1-2./3@4_", "MAIN,1-2./3@4_"},
           Row{"main", "main", "$'main'", "main"},
           Row{"a b", "$'a b'", "$'a b'", "\"a b\""},
           Row{"a:b", "$'a:b'", "$'a:b'", "a:b"},
           Row{"O'Neil", "$'O\\'Neil'", "$'O\\'Neil'", "O'Neil"},
           Row{"\"$x`\\", "$'\"$x`\\\\'", "$'\"$x`\\\\'", "\"\\\"\\$x\\`\\\\\""},
           Row{"\t\n\r", "$'\\t\\n\\r'", "$'\\t\\n\\r'", "\t\n\r"},
           Row{"\a\b\v\f", "$'\\a\\b\\v\\f'", "$'\\x07\\x08\\x0b\\x0c'", "\a\b\v\f"},
           Row{"\x1b\x7f\xc3\xab", "$'\\x1b\\x7f\\xc3\\xab'", "$'\\x1b\\x7f\\xc3\\xab'",
               "\x1b\x7f\xc3\xab"},
       }) {
    BOOST_TEST(EncodeWord(row.text, Quoting::kAnsiC) == row.ansi_c);
    BOOST_TEST(EncodeWord(row.text, Quoting::kAnsiCOfFourteen) == row.ansi_c_of_fourteen);
    BOOST_TEST(EncodeWord(row.text, Quoting::kPosix) == row.posix);
  }
}

BOOST_AUTO_TEST_CASE(every_byte_comes_back_in_every_quoting) {
  for (const Quoting quoting : kQuotings) {
    for (int i = 0; i < 256; ++i) {
      for (const std::string& text :
           {std::string(1, static_cast<char>(i)), "a" + std::string(1, static_cast<char>(i)) + "0",
            std::string(1, static_cast<char>(i)) + " x", std::string(2, static_cast<char>(i))}) {
        if (text == "''") continue;  // a POSIX runner writes it as the empty text
        const std::string word = EncodeWord(text, quoting);
        const auto decoded = DecodeWord(word, quoting);
        BOOST_REQUIRE(decoded);
        BOOST_TEST(*decoded == text);
        if (text.find('\n') == std::string::npos || word.front() == '"') {
          BOOST_TEST(WordLength(word + "\n", quoting) == word.size());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_bare_posix_word_of_several_lines_ends_before_the_next_variable) {
  const auto length = [](std::string_view text) { return WordLength(text, Quoting::kPosix); };
  BOOST_TEST(length("one\n\nexport X=y\n") == 4U);
  BOOST_TEST(length("a\nb\nc\nmkdir -p \"/x\"\n") == 5U);
  BOOST_TEST(length("a\nb\nc;d\n") == 1U);
  BOOST_TEST(length("one\necho two\nexport X=y\n") == 3U);
  BOOST_TEST(length("''\nexport X=y\n") == 2U);
  BOOST_TEST(length("''x\nexport X=y\n") == 3U);
}

BOOST_AUTO_TEST_CASE(a_shell_reads_the_words_as_they_are_meant) {
  const std::string text = "x " + AllBytes();
  BOOST_TEST(Printed("bash", EncodeWord(text, Quoting::kAnsiC)) == text);
  BOOST_TEST(Printed("bash", EncodeWord(text, Quoting::kAnsiCOfFourteen)) == text);
  BOOST_TEST(Printed("bash", EncodeWord(text, Quoting::kPosix)) == text);
  BOOST_TEST(Printed("sh", EncodeWord(text, Quoting::kPosix)) == text);
}

BOOST_AUTO_TEST_CASE(what_no_runner_writes_is_no_word) {
  for (const Quoting quoting : {Quoting::kAnsiC, Quoting::kAnsiCOfFourteen}) {
    for (const char* word :
         {"",          "$'",         "$'main",        "main'",      "$''",      "$'MAIN'",
          "$'a b",     "$'a 'b'",    "$'a \\'",       "a b",        "$'a \\e'", "$'a \\x'",
          "$'a \\x1'", "$'a \\x1B'", "$'a \\x41'",    "$'a \\101'", "$'a \n'",  "$'a \\u00eb'",
          "\"a b\"",   "'a b'",      "$'a \xc3\xab'", "'"}) {
      BOOST_TEST(!DecodeWord(word, quoting), word);
    }
  }
  for (const char* word : {"", "\"", "\"a b", "\"MAIN\"", "\"\"", "\"a \"b\"", "\"a $b\"",
                           "\"a `b\"", "\"a \\b\"", "\"a b\\\"", "a b", "a=b"}) {
    BOOST_TEST(!DecodeWord(word, Quoting::kPosix), word);
  }
  BOOST_TEST(!DecodeWord("main", Quoting::kAnsiCOfFourteen));
  BOOST_TEST(!DecodeWord("$'main'", Quoting::kAnsiC));
}

BOOST_AUTO_TEST_CASE(a_word_ends_where_the_shell_ends_it) {
  BOOST_TEST(WordLength("$'a \\' b' c'", Quoting::kAnsiC) == 9U);
  BOOST_TEST(WordLength("$'a \\\\' b'", Quoting::kAnsiC) == 7U);
  BOOST_TEST(WordLength("\"a \\\" b\" c\"", Quoting::kPosix) == 8U);
  BOOST_TEST(WordLength("main > \"x\"", Quoting::kAnsiC) == 4U);
  BOOST_TEST(WordLength("'' > \"x\"", Quoting::kAnsiC) == 2U);
  BOOST_TEST(WordLength("a\nb", Quoting::kPosix) == 1U);
  BOOST_TEST(WordLength("$'never ends", Quoting::kAnsiC) == 0U);
  BOOST_TEST(WordLength("\"never ends", Quoting::kPosix) == 0U);
  BOOST_TEST(WordLength("", Quoting::kAnsiC) == 0U);
}

BOOST_AUTO_TEST_CASE(a_text_is_escaped_the_same_inside_a_longer_one) {
  for (const Quoting quoting : kQuotings) {
    const std::string piece = AllBytes();
    const std::string word = EncodeWord("before " + piece + " behind", quoting);
    BOOST_TEST((word.find(EscapeInWord(piece, quoting)) != std::string::npos));
  }
}

BOOST_AUTO_TEST_SUITE_END()
