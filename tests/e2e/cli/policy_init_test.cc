// `jobwarden policy init` and `policy schema`.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

using Words = std::vector<std::string>;

Words GitLabWords(const std::string& folder) {
  return {"policy",
          "init",
          "gitlab",
          "--folder",
          folder,
          "--url",
          "https://gitlab.example.com",
          "--audience",
          "https://runners.example.com",
          "--project",
          "platform/app",
          "--project-id",
          "42"};
}

Words GitHubWords(const std::string& folder) {
  return {"policy",
          "init",
          "github",
          "--folder",
          folder,
          "--audience",
          "https://runners.example.com",
          "--project",
          "octo/app",
          "--project-id",
          "42",
          "--ref",
          "release/\"1\"",
          "--help-text",
          "ask #ci"};
}

// The written policy passes what the next pipeline asks of it.
void CheckWritten(const CliHost& host, const std::string& folder) {
  const std::string config = folder + "/jobwarden.toml";
  const auto check = host.Run({"policy", "check", "--strict", "--config", config});
  BOOST_TEST(check.exit_code == 0, check.log);
  const auto test = host.Run(
      {"policy", "test", folder + "/tests/first.test.toml", "--coverage", "--min-coverage", "100"});
  BOOST_TEST(test.exit_code == 0, test.log);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy_init)

BOOST_AUTO_TEST_CASE(what_it_writes_passes_strict_check_and_its_tests) {
  const CliHost host;
  for (const auto& words : {GitLabWords(host.folder / "a"), GitHubWords(host.folder / "b/")}) {
    // A driver of another user reads it, and root's umask is 077 on many machines.
    const mode_t before = umask(077);
    const ChildResult result = host.Run(words);
    umask(before);
    BOOST_TEST(result.exit_code == 0, result.log);
    const std::string folder = host.folder / (words[2] == "gitlab" ? "a" : "b");
    BOOST_TEST(Has(result.out, "jobwarden policy test " + folder + "/tests/first.test.toml\n"));
    CheckWritten(host, folder);
    struct stat st {};
    for (const std::string& each : {folder, folder + "/rules.d", folder + "/tests"}) {
      BOOST_TEST(stat(each.c_str(), &st) == 0);
      BOOST_TEST((st.st_mode & 0777) == 0755U, each);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_folder_of_the_configuration_is_the_default) {
  const CliHost host;
  std::filesystem::create_directory(host.folder / "etc");
  Words words = GitLabWords("");
  words.erase(words.begin() + 3, words.begin() + 5);
  words.insert(words.end(), {"--config", host.folder / "etc/gate.toml"});
  const ChildResult result = host.Run(words);
  BOOST_TEST(result.exit_code == 0, result.log);
  BOOST_TEST(std::filesystem::exists(host.folder / "etc/gate.toml"));
  const auto test = host.Run({"policy", "test", host.folder / "etc/tests/first.test.toml"});
  BOOST_TEST(test.exit_code == 0, test.log);
}

BOOST_AUTO_TEST_CASE(a_folder_with_files_is_left_as_it_is_and_nothing_else_is_left) {
  const CliHost host;
  std::filesystem::create_directory(host.folder / "used");
  host.folder.Write("used/mine", "mine");
  const auto before = host.folder.Names();
  const ChildResult result = host.Run(GitLabWords(host.folder / "used"));
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(Has(result.err, "the folder holds files already"));
  BOOST_TEST(host.folder.Names() == before, boost::test_tools::per_element());
  BOOST_TEST(std::distance(std::filesystem::directory_iterator(host.folder / "used"), {}) == 1);
}

BOOST_AUTO_TEST_CASE(scripts_hear_of_all_that_is_missing_and_nothing_is_written) {
  const CliHost host;
  const ChildResult result = host.Run({"policy", "init", "gitlab", "--folder", host.folder / "a"});
  BOOST_TEST(result.exit_code == kUsage);
  for (const char* option : {"--url", "--audience", "--project", "--project-id"}) {
    BOOST_TEST(Has(result.err, std::string("missing ") + option + "\n"));
  }
  BOOST_TEST(!std::filesystem::exists(host.folder / "a"));
}

BOOST_AUTO_TEST_CASE(answers_that_make_no_good_policy_write_nothing) {
  const CliHost host;
  const auto refused = [&](const std::string& option, const std::string& value) {
    Words words = GitLabWords(host.folder / "a");
    *(std::find(words.begin(), words.end(), option) + 1) = value;
    const ChildResult result = host.Run(words);
    BOOST_TEST(result.exit_code == kUsage, result.log);
    BOOST_TEST(!std::filesystem::exists(host.folder / "a"));
    return result.err;
  };
  BOOST_TEST(Has(refused("--url", "http://gitlab.example.com"), "issuer.url"));
  BOOST_TEST(Has(refused("--project", "platform/**"), "expected one project"));
  BOOST_TEST(Has(refused("--project-id", "4 or 2"), "expected a number"));
  BOOST_TEST(Has(refused("--folder", host.folder / "no/such/folder"), "No such file"));
}

// On a terminal of its own, which `script` makes.
BOOST_AUTO_TEST_CASE(it_asks_on_a_terminal_for_what_is_not_given) {
  const CliHost host;
  if (access("/usr/bin/script", X_OK) != 0) return;
  ChildOptions options;
  options.command = {"/usr/bin/script", "-qec",
                     Program("jobwarden") + " policy init github --folder " + (host.folder / "a"),
                     "/dev/null"};
  options.environment = {{"PATH", "/usr/bin:/bin"}, {"SHELL", "/bin/sh"}};
  options.input = "\nhttps://runners.example.com\n\nocto/app\n42\n\n";
  const ChildResult result = RunChild(options);
  BOOST_TEST(result.exit_code == 0, result.log);
  BOOST_TEST(Has(result.log, "[https://token.actions.githubusercontent.com]: "));
  CheckWritten(host, host.folder / "a");
}

BOOST_AUTO_TEST_CASE(schema_is_one_line_of_json_and_needs_no_configuration) {
  const CliHost host;
  const auto schema = OneLineOfJson(host.Run({"policy", "schema", "--config", "/no/such/file"}));
  BOOST_TEST(schema.value("$schema", "") == "http://json-schema.org/draft-07/schema#");
  BOOST_TEST(schema["properties"].contains("allow"));
}

BOOST_AUTO_TEST_SUITE_END()
