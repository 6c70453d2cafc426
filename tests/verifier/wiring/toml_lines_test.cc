#include "verifier/wiring/toml_lines.h"

#include <boost/test/unit_test.hpp>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

/// Each line as `KEY=VALUE`, `[KEY]` or `[[KEY]]`, apart by `;`.
std::string Lines(std::string_view text) {
  const auto lines = FindTomlLines(text);
  if (!lines) return "not understood";
  std::vector<std::string> said;
  for (const TomlLine& line : *lines) {
    const std::string key = Join(line.key, ".");
    switch (line.kind) {
      case TomlLine::Kind::kTable:
        said.push_back("[" + key + "]");
        break;
      case TomlLine::Kind::kTableOfArray:
        said.push_back("[[" + key + "]]");
        break;
      case TomlLine::Kind::kValue:
        said.push_back(key + "=" + std::string(text.substr(line.value, line.end - line.value)));
    }
  }
  return Join(said, ";");
}

BOOST_AUTO_TEST_SUITE(toml_lines)

BOOST_AUTO_TEST_CASE(headers_and_values_are_found) {
  BOOST_TEST(Lines("a = 1 # b = 2\n  [ t . 'u v' ]  # c\n[[x]]\n\"k\".l=\"#\"  \n") ==
             "a=1;[t.u v];[[x]];k.l=\"#\"");
  BOOST_TEST(Lines("\xEF\xBB\xBFt = 1\r\n[b] # c\r\nd = 2\r\n") == "t=1;[b];d=2");
  BOOST_TEST(Lines("").empty());
  BOOST_TEST(Lines("# only\n\n  \n").empty());
}

BOOST_AUTO_TEST_CASE(values_end_where_toml_says) {
  BOOST_TEST(Lines("a = [\n  1, # ]\n  \"]\",\n]\nb = 2") == "a=[\n  1, # ]\n  \"]\",\n];b=2");
  BOOST_TEST(Lines("a = \"\"\"\n[x]\n\\\"\"\" \"\"\"\"\nb = '''\n'x'''\n") ==
             "a=\"\"\"\n[x]\n\\\"\"\" \"\"\"\";b='''\n'x'''");
  BOOST_TEST(Lines("a = \"\\\"\\\\\" # \"\nb = 'c\\'\nd = \"\"\n") ==
             "a=\"\\\"\\\\\";b='c\\';d=\"\"");
  BOOST_TEST(Lines("a = { b = [1], c = \"}\" }\n") == "a={ b = [1], c = \"}\" }");
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_said) {
  for (const std::string text : {"a", "a =", "a = \"", "a = \"\n\"", "a = [", "a = ]", "[a", "[[a]",
                                 "[]", "= 1", "a = '''", "\"a\\u0062\" = 1", "[a] b = 1", "a.=1"}) {
    BOOST_TEST(Lines(text) == "not understood", text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
