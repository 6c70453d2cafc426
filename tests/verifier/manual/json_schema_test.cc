// The JSON Schema of the configuration.

#include "verifier/manual/json_schema.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "verifier/config/reference.h"

namespace {

using Json = nlohmann::json;

// The paths of all keys that the schema has.
void Collect(const Json& form, const std::string& prefix, std::set<std::string>& paths) {
  const Json& table =
      form.contains("items") && form["items"].contains("properties") ? form["items"] : form;
  if (!table.contains("properties")) return;
  BOOST_TEST(table.value("additionalProperties", true) == false, prefix);
  for (const auto& [name, below] : table["properties"].items()) {
    paths.insert(prefix + name);
    BOOST_TEST(below.contains("description"), prefix + name);
    Collect(below, prefix + name + ".", paths);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_schema)

BOOST_AUTO_TEST_CASE(it_has_the_keys_of_the_parsers_own_tables) {
  const Json schema = Json::parse(jobwarden::ConfigJsonSchema());
  std::set<std::string> paths;
  Collect(schema, "", paths);
  std::set<std::string> known;
  for (const std::string& each : jobwarden::ConfigKeys()) known.insert(each);
  BOOST_TEST(paths == known, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(it_requires_what_the_parser_requires) {
  const Json schema = Json::parse(jobwarden::ConfigJsonSchema());
  const Json issuer = schema["properties"]["issuer"]["items"];
  BOOST_TEST(issuer["required"] == Json({"name", "provider", "url", "audience"}));
  // A file of rules.d has rules alone.
  BOOST_TEST(!schema.contains("required"));
}

BOOST_AUTO_TEST_CASE(words_become_an_enumeration) {
  const Json schema = Json::parse(jobwarden::ConfigJsonSchema());
  BOOST_TEST(schema["properties"]["executor"]["properties"]["sandbox"]["enum"] ==
             Json({"none", "bwrap"}));
  BOOST_TEST(schema["definitions"]["condition"]["anyOf"].size() == 3U);
}

BOOST_AUTO_TEST_SUITE_END()
