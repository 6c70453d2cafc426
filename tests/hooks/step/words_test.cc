#include "hooks/step/words.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

bool HasWord(std::string_view text, std::string_view word) {
  const auto words = WordsOf(text);
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(request_variables_are_found_as_whole_words) {
  for (const char* text :
       {"curl \"$ACTIONS_ID_TOKEN_REQUEST_URL&audience=a\"", "${ACTIONS_ID_TOKEN_REQUEST_TOKEN:-}",
        "os.environ['ACTIONS_ID_TOKEN_REQUEST_URL']", "process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;",
        "printf '\\nACTIONS_ID_TOKEN_REQUEST_URL\\n'", "const t = await core.getIDToken('a')",
        "ACTIONS_ID_TOKEN_REQUEST_URL"}) {
    BOOST_TEST(NamesRequestVariables(text), text);
  }
  for (const char* text :
       {"ACTIONS_ID_TOKEN_REQUEST_URLS", "MY_ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_", "env | grep ACTIONS_ID_TOKEN_REQUEST", ""}) {
    BOOST_TEST(!NamesRequestVariables(text), text);
  }
}

BOOST_AUTO_TEST_CASE(compiled_program_names_them_anywhere) {
  BOOST_TEST(NamesRequestVariables("otherACTIONS_ID_TOKEN_REQUEST_URLmore", true));
  BOOST_TEST(!NamesRequestVariables("ACTIONS_ID_TOKEN_REQUEST_X", true));
}

BOOST_AUTO_TEST_CASE(words_are_what_may_be_a_path) {
  BOOST_TEST(HasWord("if ! ./deploy.sh --to=prod; then", "./deploy.sh"));
  BOOST_TEST(HasWord("x=\"$(bash 'ci/a b.sh')\"", "ci/a"));
  BOOST_TEST(HasWord("subprocess.run([\"ci/run.py\",\"x\"])", "ci/run.py"));
  BOOST_TEST(HasWord("require('../lib/oidc')", "../lib/oidc"));
  BOOST_TEST(HasWord("import { a } from \"./b.mjs\";", "./b.mjs"));
  BOOST_TEST(HasWord("bash <ci/a.sh>/dev/null", "ci/a.sh"));
  BOOST_TEST(HasWord("mount a.sh:/in/b.sh", "a.sh"));
  BOOST_TEST(HasWord("npm run release:prod", "release:prod"));
  BOOST_TEST(HasWord("up:\n\t@./up.sh", "./up.sh"));
}

BOOST_AUTO_TEST_CASE(behind_a_variable_its_rest_is_the_word) {
  for (const char* text :
       {"$GITHUB_WORKSPACE/ci/a.sh", "\"${GITHUB_WORKSPACE}/ci/a.sh\"", "$(dirname \"$0\")/ci/a.sh",
        "$env:GITHUB_WORKSPACE/ci/a.sh", "`pwd`/ci/a.sh"}) {
    BOOST_TEST(HasWord(text, "/ci/a.sh"), text);
  }
  BOOST_TEST(!HasWord("$HOME", "HOME"));
}

BOOST_AUTO_TEST_CASE(each_word_comes_once) {
  BOOST_TEST(WordsOf("a b a\nb").size() == 2U);
  BOOST_TEST(WordsOf("a b:c d", 3).size() == 3U);
  BOOST_TEST(WordsOf("").empty());
  BOOST_TEST(WordsOf("  \"';| ").empty());
}

BOOST_AUTO_TEST_SUITE_END()
