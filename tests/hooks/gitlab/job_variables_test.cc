#include "hooks/gitlab/job_variables.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

Environment::Variables One(const std::string& name, const std::string& value) {
  Environment::Variables environment;
  environment.emplace(name, Secret(value));
  return environment;
}

// A job's folder as the runner makes it.
struct Builds {
  Builds() { fs::create_directory(folder / "app.tmp"); }
  TempFolder folder;
};

BOOST_AUTO_TEST_SUITE(job_variables)

BOOST_AUTO_TEST_CASE(variable_is_taken_as_it_is) {
  const JobVariables job = ReadJobVariables(One("A", "x\n$y"));
  BOOST_REQUIRE(job.variables.size() == 1U);
  BOOST_TEST(job.variables[0].name == "A");
  BOOST_TEST(job.variables[0].value.view() == "x\n$y");
  BOOST_TEST(!job.variables[0].file);
  BOOST_TEST(job.files.empty());
}

BOOST_AUTO_TEST_CASE(file_variable_holds_what_its_file_holds) {
  const Builds builds;
  const std::string path = builds.folder.Write("app.tmp/KEY", "content");
  const JobVariables job = ReadJobVariables(One("KEY", path));
  BOOST_TEST(job.variables[0].value.view() == "content");
  BOOST_TEST(job.variables[0].file);
  BOOST_TEST(job.files.at("KEY") == path);
}

BOOST_AUTO_TEST_CASE(path_of_any_other_file_is_no_file_variable) {
  const Builds builds;
  fs::create_directory(builds.folder / "app");
  fs::create_directory(builds.folder / "app.tmp/FOLDER");
  const std::string key = builds.folder.Write("app.tmp/KEY", "content");
  fs::create_symlink(key, builds.folder / "app.tmp/LINK");
  const auto holds_its_path = [](const std::string& name, const std::string& path) {
    const JobVariables job = ReadJobVariables(One(name, path));
    return job.variables[0].value.view() == path && job.files.empty() && job.unread.empty();
  };
  BOOST_TEST(holds_its_path("OTHER", key));
  BOOST_TEST(holds_its_path("KEY", builds.folder.Write("app/KEY", "content")));
  BOOST_TEST(holds_its_path("LINK", builds.folder / "app.tmp/LINK"));
  BOOST_TEST(holds_its_path("FOLDER", builds.folder / "app.tmp/FOLDER"));
  BOOST_TEST(holds_its_path("ABSENT", builds.folder / "app.tmp/ABSENT"));
  BOOST_TEST(holds_its_path("KEY", "app.tmp/KEY"));
  BOOST_TEST(holds_its_path("KEY", "KEY"));
  BOOST_TEST(holds_its_path("", "/x.tmp/"));
}

BOOST_AUTO_TEST_CASE(file_that_is_too_large_is_named) {
  const Builds builds;
  const std::string path = builds.folder.Write("app.tmp/KEY", "");
  fs::resize_file(path, kMaxFileVariableBytes);
  BOOST_TEST(ReadJobVariables(One("KEY", path)).unread.empty());
  fs::resize_file(path, kMaxFileVariableBytes + 1);
  const JobVariables job = ReadJobVariables(One("KEY", path));
  BOOST_TEST(job.unread == std::vector<std::string>{"KEY"}, boost::test_tools::per_element());
  BOOST_TEST(job.variables[0].value.view() == path);
}

BOOST_AUTO_TEST_CASE(all_files_together_have_a_limit) {
  const Builds builds;
  Environment::Variables environment;
  constexpr std::size_t kFit = kMaxFileVariablesBytes / kMaxFileVariableBytes;
  for (std::size_t i = 0; i < kFit + 2; ++i) {
    const std::string name = "KEY_" + std::to_string(100 + i);
    const std::string path = builds.folder.Write("app.tmp/" + name, "");
    fs::resize_file(path, kMaxFileVariableBytes);
    environment.emplace(name, Secret(path));
  }
  const JobVariables job = ReadJobVariables(environment);
  BOOST_TEST(job.files.size() == kFit);
  BOOST_TEST(job.unread.size() == 2U);
}

BOOST_AUTO_TEST_CASE(legacy_names_come_first) {
  Environment::Variables environment;
  for (const char* name : {"ALIAS", "CI_JOB_JWT", "CI_JOB_ID", "CI_JOB_JWT_V2"}) {
    environment.emplace(name, Secret("x"));
  }
  const JobVariables job = ReadJobVariables(environment);
  BOOST_TEST(job.variables[0].name == "CI_JOB_JWT");
  BOOST_TEST(job.variables[1].name == "CI_JOB_JWT_V2");
  BOOST_TEST(job.variables[2].name == "ALIAS");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
