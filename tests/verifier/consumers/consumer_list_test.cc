#include "verifier/consumers/consumer_list.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "verifier/consumers/built_in.h"

using namespace jobwarden;

namespace {

const std::string kHead = "jobwarden-consumers 1\ndate 2026-11-28\n";

// Why the text is not a list; empty if it is one.
std::string Wrong(std::string_view text) {
  const auto list = ParseConsumerList(text);
  return list.index() == 0 ? "" : std::get<1>(list);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(consumer_list)

BOOST_AUTO_TEST_CASE(the_list_that_is_compiled_in_is_whole) {
  BOOST_REQUIRE_EQUAL(Wrong(kBuiltInConsumers), "");
  const ConsumerList& list = BuiltInConsumers();
  BOOST_TEST(list.ByVariable().at("NPM_ID_TOKEN").front() == "npm");
  BOOST_TEST(list.commands.size() > 100U);
  BOOST_TEST(list.harmless.size() > 50U);
}

BOOST_AUTO_TEST_CASE(each_word_of_the_format_is_read) {
  const auto read = ParseConsumerList(kHead +
                                      "# a comment\r\n\n"
                                      "command npm publish,  ? publish\n"
                                      "harmless ^echo *, a b\n"
                                      "known go\n"
                                      "setting ARM_USE_OIDC: terraform, go test\n"
                                      "setting A_*=*oidc*: @\n"
                                      "file KUBECONFIG=~/.kube/config: kubectl\n"
                                      "variable NPM_*: npm, pnpm\n"
                                      "variable NPM_*: yarn");
  BOOST_REQUIRE(read.index() == 0);
  const auto& list = std::get<0>(read);
  BOOST_TEST(list.date == "2026-11-28");
  BOOST_TEST(list.commands.at(1) == "? publish");
  BOOST_TEST(list.harmless.at(0) == "^echo *, a b");
  BOOST_TEST(list.known.at(0) == "go");
  BOOST_TEST(list.settings.at(0).commands.at(1) == "go test");
  BOOST_TEST(list.settings.at(1).name == "A_*");
  BOOST_TEST(list.settings.at(1).value == "*oidc*");
  BOOST_TEST(list.files.at(0).variable == "KUBECONFIG");
  BOOST_TEST(list.files.at(0).path == "~/.kube/config");
  BOOST_TEST(list.ByVariable().at("NPM_*").size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_broken_list_says_which_line_is_wrong) {
  BOOST_TEST(Wrong("") == "line 1: expected jobwarden-consumers 1");
  BOOST_TEST(Wrong("jobwarden-consumers 2\n") == "line 1: expected jobwarden-consumers 1");
  BOOST_TEST(Wrong("jobwarden-consumers 1\n") ==
             "expected a line with the list's date: date 2026-11-28");
  BOOST_TEST(Wrong(kHead + "date 2026-11-29\n") == "line 3: date appears twice");
  BOOST_TEST(Wrong(kHead + "comand npm\n") ==
             "line 3: unknown word; expected date, command, harmless, known, variable, setting, "
             "file or git");
  for (const std::string date : {"", "2026", "26-11-28", "2026-11-28.", "2026-11-28.x"}) {
    BOOST_TEST(Wrong("jobwarden-consumers 1\ndate " + date + "\n") ==
               "line 2: expected a date: 2026-11-28, or 2026-11-28.2");
  }
  for (const std::string command : {"a  b", "a,,b", "\"a\"", "a;b", "a b c d e f g h i", "a\tb"}) {
    BOOST_TEST(Wrong(kHead + "command " + command + "\n") ==
                   "line 3: expected a command: 1 to 8 words with one blank between, without "
                   "quotes",
               command);
  }
  BOOST_TEST(Wrong(kHead + "command\n") == "line 3: expected commands, with commas between");
  BOOST_TEST(Wrong(kHead + "variable : a\n") ==
             "line 3: expected the name of a variable, then a colon");
  BOOST_TEST(Wrong(kHead + std::string(kMaxConsumerListBytes, '\n')) == "the list is over 256 KiB");
}

BOOST_AUTO_TEST_SUITE_END()
