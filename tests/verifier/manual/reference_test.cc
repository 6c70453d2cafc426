// What the manual says of the configuration, held against the parser.

#include "verifier/config/reference.h"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "tests/support/places.h"
#include "tests/support/temp_folder.h"
#include "tests/verifier/config/support.h"
#include "verifier/base/text.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

const KeyReference& KeyAt(const std::string& path) {
  for (const KeyReference& each : ConfigReference()) {
    if (each.path == path) return each;
  }
  BOOST_FAIL("no key " << path);
  throw std::logic_error(path);
}

// The headings that lead to the table with this path.
std::string Headings(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  const std::string above = dot == std::string::npos ? "" : path.substr(0, dot);
  const bool in_list = !above.empty() && KeyAt(above).form == KeyForm::kTables;
  return (in_list ? Headings(above) : "") + HeadingOf(KeyAt(path)) + "\n";
}

// All refusals of a configuration in which the key has this value.
std::vector<std::string> RefusalsOf(const std::string& path, const std::string& value) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) return Refusals(path + " = " + value + "\n" + kGood);
  return Refusals(kGood + Headings(path.substr(0, dot)) + path.substr(dot + 1) + " = " + value +
                  "\n");
}

// The refusal that is about the key; empty if there is none.
std::string RefusalOf(const std::string& path, const std::string& value) {
  for (const std::string& each : RefusalsOf(path, value)) {
    if (Contains(each, ": " + path + ": ")) return each;
  }
  return "";
}

// The words in quotes before `, got`.
std::set<std::string> WordsIn(const std::string& refusal) {
  std::set<std::string> words;
  std::string_view rest = refusal;
  rest = rest.substr(rest.find("expected"));
  rest = rest.substr(0, rest.find(", got"));
  while (rest.find('"') != std::string_view::npos) {
    rest.remove_prefix(rest.find('"') + 1);
    words.emplace(rest.substr(0, rest.find('"')));
    rest.remove_prefix(rest.find('"') + 1);
  }
  return words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference)

BOOST_AUTO_TEST_CASE(each_key_that_the_parser_knows_is_described_and_no_other) {
  std::set<std::string> described;
  for (const KeyReference& each : ConfigReference()) {
    BOOST_TEST(described.insert(each.path).second, each.path << " appears twice");
    BOOST_TEST(!each.text.empty());
    BOOST_TEST(!each.text.ends_with('.'), each.path);
  }
  std::set<std::string> known;
  for (const std::string& each : ConfigKeys()) known.insert(each);
  for (const std::string& each : known) {
    BOOST_TEST(described.contains(each), each << " is not in verifier/config/reference.cc");
  }
  for (const std::string& each : described) {
    BOOST_TEST(known.contains(each), each << " is not a key of the parser's");
  }
}

BOOST_AUTO_TEST_CASE(words_are_those_that_the_parser_accepts) {
  for (const KeyReference& each : ConfigReference()) {
    std::string refusal;
    if (each.form == KeyForm::kWord) refusal = RefusalOf(each.path, "\"no-such-word\"");
    if (each.form == KeyForm::kWords) refusal = RefusalOf(each.path, "[\"no-such-word\"]");
    if (refusal.empty()) {
      BOOST_TEST((each.form != KeyForm::kWord && each.form != KeyForm::kWords), each.path);
      continue;
    }
    const std::set<std::string> words(each.words.begin(), each.words.end());
    BOOST_TEST(WordsIn(refusal) == words, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(forms_are_those_that_the_parser_demands) {
  for (const KeyReference& each : ConfigReference()) {
    const auto demands = [&](const std::string& value, const std::string& words) {
      const std::string refusal = RefusalOf(each.path, value);
      BOOST_TEST(Contains(refusal, words), each.path << ": " << refusal);
    };
    switch (each.form) {
      case KeyForm::kText:
      case KeyForm::kWord:
        demands("5", "expected a string");
        break;
      case KeyForm::kTexts:
      case KeyForm::kTextsOrNone:
      case KeyForm::kWords:
        demands("5", "expected a list of strings");
        break;
      case KeyForm::kTextOrTexts:
        demands("5", "expected a string or a list of strings");
        break;
      case KeyForm::kBool:
        demands("\"yes\"", "expected true or false");
        break;
      case KeyForm::kBoolOrWord:
        demands("5", "expected true, false or");
        break;
      case KeyForm::kDuration:
        demands("\"5 minutes\"", "expected a duration");
        break;
      case KeyForm::kNumber:
        demands("\"5\"", "expected a whole number");
        break;
      case KeyForm::kClaims:
      case KeyForm::kFacts:
      case KeyForm::kTextsByName:
      case KeyForm::kWordByName:
        demands("5", "expected a table");
        break;
      case KeyForm::kOne:
      case KeyForm::kCondition:
      case KeyForm::kTable:
      case KeyForm::kTables:
        break;
    }
  }
}

// The schema must not refuse what the parser accepts.
BOOST_AUTO_TEST_CASE(lists_that_may_be_empty_are_those_that_the_parser_takes_empty) {
  for (const KeyReference& each : ConfigReference()) {
    const bool may = each.form == KeyForm::kTextsOrNone || each.form == KeyForm::kWords;
    const bool may_not = each.form == KeyForm::kTexts || each.form == KeyForm::kTextOrTexts;
    // An algorithm at least is needed, which the schema does not know.
    if (each.path == "issuer.algorithms" || (!may && !may_not)) continue;
    BOOST_TEST((RefusalOf(each.path, "[]") == "") == may, each.path);
  }
}

BOOST_AUTO_TEST_CASE(presets_are_accepted) {
  for (const KeyReference& each : ConfigReference()) {
    if (each.preset.empty() || each.preset == "required") continue;
    BOOST_TEST(RefusalOf(each.path, each.preset) == "");
  }
}

BOOST_AUTO_TEST_CASE(required_keys_are_those_that_the_parser_misses) {
  for (const KeyReference& each : ConfigReference()) {
    const bool is_table = each.form == KeyForm::kTable || each.form == KeyForm::kTables;
    if (!is_table) continue;
    const auto refusals = Refusals(kGood + Headings(each.path));
    for (const KeyReference& key : ConfigReference()) {
      if (key.path.substr(0, key.path.rfind('.')) != each.path || key.path == each.path) continue;
      const std::string name = key.path.substr(each.path.size() + 1);
      const bool missed = std::any_of(refusals.begin(), refusals.end(), [&](const auto& refusal) {
        return Contains(refusal, "missing key \"" + name + "\" in " + HeadingOf(each));
      });
      BOOST_TEST(missed == (key.preset == "required"), key.path);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_pages_for_people_have_each_key) {
  const std::string pages =
      Slurp(InCheckout("docs/configuration.md")) + Slurp(InCheckout("docs/policy.md")) +
      Slurp(InCheckout("docs/service.md")) + Slurp(InCheckout("docs/policy-bundles.md"));
  for (const KeyReference& each : ConfigReference()) {
    const std::string name = each.path.substr(each.path.rfind('.') + 1);
    const bool found = Contains(pages, "`" + name + "`") || Contains(pages, "`" + name + " ") ||
                       Contains(pages, " " + name + "`") || Contains(pages, name + "]") ||
                       Contains(pages, "." + name) || Contains(pages, name + " = ");
    BOOST_TEST(found, each.path << " is in neither docs/configuration.md nor docs/policy.md");
  }
}

BOOST_AUTO_TEST_SUITE_END()
