// Completions: bash's are tried in bash; the others are held against the commands.

#include "verifier/manual/completion.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/child.h"
#include "tests/support/has.h"
#include "tests/support/temp_folder.h"
#include "verifier/cli/options.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

// What bash offers for the last word of a command line, a word a line.
std::string Offered(const std::string& words) {
  const TempFolder folder;
  const std::string script = folder.Write("complete", BashCompletion(DescribeCommands()));
  ChildOptions options;
  options.folder = folder.path();
  options.environment = {{"PATH", "/usr/bin:/bin"}};
  options.command = {"/bin/bash", "-c",
                     "set -eu; . '" + script + "'; COMP_WORDS=(" + words +
                         "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _jobwarden; "
                         "printf '%s\\n' ${COMPREPLY[@]+\"${COMPREPLY[@]}\"}"};
  const ChildResult result = RunChild(options);
  BOOST_TEST(result.exit_code == 0, result.log);
  return "\n" + result.out;
}

void HasAll(const std::string& script, const CommandReference& command) {
  for (const OptionReference& each : command.options) {
    for (const std::string& name : each.names) {
      BOOST_TEST(Has(script, name.starts_with("--") ? name.substr(2) : name.substr(1)));
    }
  }
  for (const CommandReference& each : command.commands) {
    BOOST_TEST(Has(script, each.name));
    HasAll(script, each);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(bash_offers_the_commands) {
  const std::string offered = Offered("jobwarden ''");
  for (const char* name : {"verify", "policy", "doctor", "keys"}) {
    BOOST_TEST(Has(offered, std::string("\n") + name + "\n"));
  }
  BOOST_TEST(Offered("jobwarden p") == "\npolicy\n");
}

BOOST_AUTO_TEST_CASE(bash_offers_the_commands_below_and_the_options_of_each) {
  BOOST_TEST(Has(Offered("jobwarden --config x policy ''"), "\ninit\n"));
  const std::string options = Offered("jobwarden policy test --");
  BOOST_TEST(Has(options, "\n--min-coverage\n"));
  BOOST_TEST(Has(options, "\n--config\n"));
  BOOST_TEST(Lacks(options, "--probe"));
}

BOOST_AUTO_TEST_CASE(bash_offers_the_words_of_a_value) {
  BOOST_TEST(Offered("jobwarden policy test --format j") == "\njunit\njson\n");
  BOOST_TEST(Offered("jobwarden policy init g") == "\ngitlab\ngithub\n");
  BOOST_TEST(Offered("jobwarden doctor --config comp") == "\ncomplete\n");
}

BOOST_AUTO_TEST_CASE(each_command_and_option_is_completed_in_each_shell) {
  const CommandReference program = DescribeCommands();
  HasAll(BashCompletion(program), program);
  HasAll(ZshCompletion(program), program);
  HasAll(FishCompletion(program), program);
}

// Where these shells are installed they read the scripts.
BOOST_AUTO_TEST_CASE(zsh_and_fish_accept_their_scripts) {
  const CommandReference program = DescribeCommands();
  const TempFolder folder;
  const std::pair<std::string, std::string> shells[] = {
      {"/usr/bin/zsh", folder.Write("z", ZshCompletion(program))},
      {"/usr/bin/fish", folder.Write("f", FishCompletion(program))}};
  for (const auto& [shell, script] : shells) {
    if (!std::filesystem::exists(shell)) continue;
    ChildOptions options;
    options.command = {shell, "-n", script};
    options.environment = {{"HOME", folder.path()}, {"PATH", "/usr/bin:/bin"}};
    const ChildResult result = RunChild(options);
    BOOST_TEST(result.exit_code == 0, result.log);
    BOOST_TEST(result.err == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()
