#include "verifier/base/glob.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {
namespace {

BOOST_AUTO_TEST_SUITE(glob)

struct Row {
  const char* pattern;
  const char* text;
  bool matches;
};

BOOST_AUTO_TEST_CASE(patterns_match_whole_texts) {
  const Row rows[] = {
      {"platform/*", "platform/app", true},
      {"platform/*", "platform/", true},
      {"platform/*", "platform/app/x", false},
      {"platform/*", "platform", false},
      {"platform/*", "xplatform/app", false},
      {"platform/**", "platform/app", true},
      {"platform/**", "platform/group/app", true},
      {"platform/**", "platform/", true},
      {"platform/**", "platform", false},
      {"platform/**", "platform-evil/app", false},
      {"**/app", "platform/group/app", true},
      {"**/app", "app", false},
      {"**", "", true},
      {"**", "a/b\nc", true},
      {"*", "", true},
      {"*", "a/b", false},
      {"***", "a/b", true},
      {"*/*", "a/b", true},
      {"*/*", "a/b/c", false},
      {"**/b/*", "x/y/b/c", true},
      {"**/b/*", "b/b/b", true},
      {"a**b*c", "a/x/bbc", true},
      {"a**b*c", "a/x/b/c", false},
      {"a*b*c", "abbc", true},
      {"a*b*c", "ab/c", false},
      {"release/v?", "release/v1", true},
      {"release/v?", "release/v", false},
      {"release/v?", "release/v12", false},
      {"a?b", "a/b", false},
      {"*.example.com", "a.example.com", true},
      {"*.example.com", "a.example.com.evil", false},
      {"Main*", "main", false},
      {"?", "ü", true},
      {"??", "ü", false},
      {"?", "\xF0\x9F\x9A\x80", true},
      {"??", "e\xCC\x81", true},
      {"ü*", "über", true},
      {"ü*", "ö", false},
      {"*ü", "xü", true},
      {"a[b]*", "a[b]c", true},
      {"a[b]*", "abc", false},
      {"a\\*", "a\\b", true},
      {"a\\*", "a*", false},
  };
  for (const Row& row : rows) {
    BOOST_TEST(Glob(row.pattern).Matches(row.text) == row.matches,
               row.pattern << " against " << row.text);
  }
}

BOOST_AUTO_TEST_CASE(text_that_is_no_utf8_is_matched_byte_by_byte_at_worst) {
  BOOST_TEST(Glob("a?b").Matches("a\xFF\x62"));
  BOOST_TEST(Glob("*b").Matches("\xC3\x62"));
  BOOST_TEST(!Glob("a?").Matches("a\x80\x80\x80\x80\x80"));
  BOOST_TEST(Glob("a*").Matches("a\x80\x80\x80\x80\x80"));
}

// The meaning of a pattern, said as simply as it can be, and as slowly.
bool Fits(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.starts_with("**")) {
    return Fits(pattern.substr(2), text) || (!text.empty() && Fits(pattern, text.substr(1)));
  }
  if (pattern.starts_with('*')) {
    return Fits(pattern.substr(1), text) ||
           (!text.empty() && text[0] != '/' && Fits(pattern, text.substr(1)));
  }
  if (text.empty() || (pattern[0] == '?' ? text[0] == '/' : text[0] != pattern[0])) return false;
  return Fits(pattern.substr(1), text.substr(1));
}

std::vector<std::string> AllTexts(std::string_view alphabet, std::size_t longest) {
  std::vector<std::string> texts{""};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].size() == longest) break;
    for (const char c : alphabet) texts.push_back(texts[i] + c);
  }
  return texts;
}

BOOST_AUTO_TEST_CASE(all_short_patterns_agree_with_their_definition) {
  const auto texts = AllTexts("ab/", 5);
  for (const std::string& pattern : AllTexts("ab/*?", 5)) {
    const Glob glob(pattern);
    for (const std::string& text : texts) {
      if (glob.Matches(text) != Fits(pattern, text)) BOOST_ERROR(pattern << " against " << text);
    }
  }
}

// Trying each star again for each place would take some 10^80 steps here.
BOOST_AUTO_TEST_CASE(many_stars_against_a_hostile_text_end) {
  std::string pattern;
  for (int i = 0; i < 250; ++i) pattern += "a**";
  const std::string text(16'384, 'a');
  BOOST_TEST(Glob(pattern).Matches(text));
  BOOST_TEST(!Glob(pattern + "b").Matches(text));
  std::string stars;
  for (int i = 0; i < 250; ++i) stars += "*a?*";
  BOOST_TEST(!Glob(stars + "/b").Matches(text));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
