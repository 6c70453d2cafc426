#include "hooks/step/package_scripts.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

constexpr std::string_view kPackage = R"({
  "name": "checkout",
  "files": ["dist", "scripts"],
  "scripts": {
    "test": "jest",
    "build": "tsc -p \"a b\"",
    "prebuild": "rm -rf dist",
    "release": "npm run build && npm publish",
    "prepare": "husky"
  },
  "publishConfig": { "access": "public" }
})";

}  // namespace

BOOST_AUTO_TEST_SUITE(package_scripts)

BOOST_AUTO_TEST_CASE(installing_runs_its_own_scripts_alone) {
  BOOST_TEST(PackageScripts(kPackage, {"npm", "ci"}) == "husky\n");
}

BOOST_AUTO_TEST_CASE(named_script_counts_with_what_it_names_in_turn) {
  const std::string all = PackageScripts(kPackage, {"npm", "run", "release"});
  BOOST_TEST(all.find("npm publish") != all.npos);
  BOOST_TEST(all.find("tsc -p \"a b\"") != all.npos);
  BOOST_TEST(all.find("rm -rf dist") != all.npos);
  BOOST_TEST(all.find("jest") == all.npos);
}

BOOST_AUTO_TEST_CASE(short_name_of_test_is_known) {
  BOOST_TEST(PackageScripts(kPackage, {"npm", "t"}) == "husky\njest\n");
}

BOOST_AUTO_TEST_CASE(pattern_runs_the_scripts_that_begin_like_it) {
  const std::string all = PackageScripts(kPackage, {"npx", "npm-run-all", "rel*"});
  BOOST_TEST(all.find("npm publish") != all.npos);
  BOOST_TEST(all.find("jest") == all.npos);
}

BOOST_AUTO_TEST_CASE(the_tasks_of_a_deno_json_are_scripts) {
  BOOST_TEST(PackageScripts(R"({"tasks": {"up": "deno publish", "fmt": "deno fmt"}})", {"up"}) ==
             "deno publish\n");
}

BOOST_AUTO_TEST_CASE(the_folders_of_workspaces_are_read_in_both_forms) {
  using Folders = std::vector<std::string>;
  BOOST_TEST((PackageWorkspaces(R"({"workspaces": ["a/*", "b"]})") == Folders{"a/*", "b"}));
  BOOST_TEST((PackageWorkspaces(R"({"workspaces": {"packages": ["a"]}})") == Folders{"a"}));
  for (const char* text : {"", R"({"files": ["workspaces"]})", R"({"workspaces": 1})"}) {
    BOOST_TEST(PackageWorkspaces(text).empty(), text);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_made_out_is_searched_whole) {
  for (const std::string_view text :
       {"", "{", R"({"scripts": {"a": 1}})", R"({"scripts": {"a" "b"}})", R"({"scripts": {"a": "b)",
        R"({"scripts": ["a"]})", R"({"x": "y"})"}) {
    BOOST_TEST(PackageScripts(text, {"npm"}) == text);
  }
  BOOST_TEST(PackageScripts(R"({"scripts" : { } })", {"npm"}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
