#include "executor/local/runner_config.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

using Texts = std::vector<std::string>;

Texts Options(const Texts& words) {
  std::string line;
  for (const auto& word : words) line += word + '\0';
  return ConfigOptions(line);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runner_config)

BOOST_AUTO_TEST_CASE(option_is_found_in_all_its_spellings) {
  for (const Texts& words : {Texts{"-c", "/a"},
                             {"-config", "/a"},
                             {"--config", "/a"},
                             {"--c", "/a"},
                             {"-c=/a"},
                             {"--config=/a"}}) {
    Texts line{"gitlab-runner", "run", "--user", "x"};
    line.insert(line.end(), words.begin(), words.end());
    line.emplace_back("--service");
    BOOST_TEST((Options(line) == Texts{"/a"}), words.front());
  }
}

BOOST_AUTO_TEST_CASE(other_words_are_no_options) {
  BOOST_TEST(Options({"gitlab-runner", "run", "config", "c", "--configs", "/a", "c=/a"}).empty());
  BOOST_TEST(Options({"gitlab-runner", "--config"}).empty());
  BOOST_TEST(Options({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
