// Manual pages, held against what the programs say of themselves.

#include "verifier/manual/manual_page.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/child.h"
#include "tests/support/has.h"
#include "tests/support/places.h"
#include "verifier/base/text.h"
#include "verifier/cli/options.h"
#include "verifier/config/reference.h"
#include "verifier/manual/programs.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

// A text as a page has it.
std::string InPage(std::string text) {
  for (std::size_t at = 0; (at = text.find('-', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return text;
}

void HasAll(const std::string& page, const CommandReference& command) {
  BOOST_TEST(!command.text.empty(), command.name);
  for (const OptionReference& each : command.options) {
    BOOST_TEST(!each.text.empty(), command.name);
    for (const std::string& name : each.names) BOOST_TEST(Has(page, InPage(name)));
    BOOST_TEST(Has(page, InPage(each.text)));
  }
  for (const CommandReference& each : command.commands) HasAll(page, each);
}

std::string HelpOf(const std::string& program) {
  ChildOptions options;
  options.command = {Program(program), "--help"};
  return RunChild(options).out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(manual_page)

BOOST_AUTO_TEST_CASE(each_command_and_each_option_is_on_the_page) {
  const CommandReference program = DescribeCommands();
  const std::string page = CommandPage(program);
  BOOST_TEST(program.commands.size() >= 8U);
  HasAll(page, program);
  BOOST_TEST(Has(page, ".SS jobwarden policy init\n"));
  BOOST_TEST(Has(page, "\\fB\\-\\-json\\fR\n"));
  // What may be there several times says so.
  BOOST_TEST(Has(page, InPage("jobwarden policy test FILE... [--format")));
  BOOST_TEST(Has(page, InPage("[--listen ADDRESS...]")));
}

BOOST_AUTO_TEST_CASE(each_key_of_the_configuration_is_on_its_page) {
  const std::string page = ConfigPage();
  for (const KeyReference& each : ConfigReference()) {
    const bool is_table = each.form == KeyForm::kTable || each.form == KeyForm::kTables;
    const std::string name = each.path.substr(each.path.rfind('.') + 1);
    BOOST_TEST(Has(page, is_table ? ".SH " + InPage(HeadingOf(each)) + "\n"
                                  : "\\fB" + InPage(name) + "\\fR\n"));
    for (const std::string& word : each.words) BOOST_TEST(Has(page, InPage(word)));
  }
}

BOOST_AUTO_TEST_CASE(what_roff_would_take_for_a_command_is_text) {
  ManualPage page("a", 1, "b");
  page.Paragraph(".SH no\n'br\nC:\\n");
  BOOST_TEST(Has(page.text(), "\\&.SH no\n\\&'br\nC:\\en\n"));
}

BOOST_AUTO_TEST_CASE(each_command_of_the_runners_programs_is_on_its_page) {
  std::size_t words = 0;
  for (const NamedPage& page : RunnerProgramPages()) {
    const std::string program = page.file.substr(0, page.file.find('.'));
    if (program == "jobwarden-guard") continue;  // it has no options of its own
    std::string help = HelpOf(program);
    help.resize(help.find("\nGitLab Runner calls it") == std::string::npos
                    ? help.size()
                    : help.find("\nGitLab Runner calls it"));
    for (std::size_t at = 0; at < help.size();) {
      const std::size_t end = std::min(help.find_first_of(" \n()[]|", at), help.size());
      const std::string word = help.substr(at, end - at);
      at = end + 1;
      if (word.empty() || word == "usage:") continue;
      BOOST_TEST(Has(page.text, InPage(word)));
      ++words;
    }
  }
  BOOST_TEST(words > 20U);
}

BOOST_AUTO_TEST_SUITE_END()
