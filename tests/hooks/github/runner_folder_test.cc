#include "hooks/github/runner_folder.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/hooks/github/environment_of.h"
#include "tests/support/has.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

using Variables = std::map<std::string, std::string>;

Variables Of(const std::string& run, const std::string& attempt = "1") {
  return {{"RUNNER_NAME", "deploys-1"},
          {"RUNNER_TEMP", "/srv/runner/_work/_temp"},
          {"GITHUB_RUN_ID", run},
          {"GITHUB_RUN_ATTEMPT", attempt},
          {"GITHUB_REPOSITORY", "shop/app"},
          {"GITHUB_SHA", "4be1"}};
}

Record RecordOf(const std::string& run) {
  Record record;
  record.outcome = Outcome::kAllow;
  record.mode = "enforce";
  record.provider = "github";
  record.rule = "deploys";
  record.job_id = run;
  record.job_project = "shop/app";
  return record;
}

struct State {
  State() {
    config.state_dir = folder / "state";
    runner = *FindRunnerFolder(config, EnvironmentOf(Of("7")));
    BOOST_REQUIRE(MakeRunnerFolder(runner));
  }
  std::string Missing(const Variables& variables) const {
    const auto record = ReadVerdict(runner, EnvironmentOf(variables));
    if (record) return "there";
    BOOST_TEST(CodeName(record.findings().front().code) == "VERDICT_MISSING");
    return record.findings().front().message;
  }

  TempFolder folder;
  Config config;
  RunnerFolder runner;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(runner_folder)

BOOST_AUTO_TEST_CASE(verdict_is_found_by_the_same_run_and_attempt_alone) {
  State state;
  BOOST_REQUIRE(WriteVerdict(state.runner, EnvironmentOf(Of("7")), RecordOf("7")));
  const auto record = ReadVerdict(state.runner, EnvironmentOf(Of("7")));
  BOOST_REQUIRE(record);
  BOOST_TEST(record->rule == "deploys");
  BOOST_TEST(state.Missing(Of("8")) == "no verdict of this job");
  BOOST_TEST(state.Missing(Of("7", "2")) == "no verdict of this job");
  auto other = Of("7");
  other["GITHUB_REPOSITORY"] = "shop/other";
  BOOST_TEST(state.Missing(other) == "the verdict is about another job");
}

BOOST_AUTO_TEST_CASE(verdict_that_others_may_read_or_that_is_a_link_does_not_count) {
  State state;
  BOOST_REQUIRE(WriteVerdict(state.runner, EnvironmentOf(Of("7")), RecordOf("7")));
  const std::string path = state.runner.path + "/7-1.json";
  BOOST_REQUIRE(chmod(path.c_str(), 0640) == 0);
  BOOST_TEST(state.Missing(Of("7")) == "the verdict is not this user's own");
  fs::rename(path, state.folder / "moved");
  BOOST_REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  BOOST_TEST(state.Missing(Of("7")) == "no verdict of this job");
}

BOOST_AUTO_TEST_CASE(all_verdicts_of_a_runner_are_removed_and_nothing_else) {
  State state;
  BOOST_REQUIRE(WriteVerdict(state.runner, EnvironmentOf(Of("7")), RecordOf("7")));
  BOOST_REQUIRE(WriteVerdict(state.runner, EnvironmentOf(Of("8", "3")), RecordOf("8")));
  fs::create_directory(state.runner.guard());
  fs::create_directories(state.runner.path + "/a folder.json/b");
  BOOST_TEST(bool(RemoveVerdicts(state.runner)));
  BOOST_TEST(!fs::exists(state.runner.path + "/a folder.json"));
  BOOST_TEST(state.Missing(Of("7")) == "no verdict of this job");
  BOOST_TEST(fs::exists(state.runner.guard()));
  BOOST_TEST(!fs::exists(state.runner.path + "/8-3.json"));
  fs::remove_all(state.runner.path);
  BOOST_TEST(bool(RemoveVerdicts(state.runner)));
}

BOOST_AUTO_TEST_CASE(runners_of_one_machine_have_folders_of_their_own_whatever_their_names) {
  State state;
  auto twin = Of("7");
  twin["RUNNER_TEMP"] = "/srv/other/_work/_temp";
  const auto other = FindRunnerFolder(state.config, EnvironmentOf(twin));
  BOOST_REQUIRE(other);
  BOOST_TEST(other->path != state.runner.path);
  auto strange = Of("7");
  strange["RUNNER_NAME"] = "../../etc\n" + std::string(300, 'x');
  const auto runner = FindRunnerFolder(state.config, EnvironmentOf(strange));
  BOOST_REQUIRE(runner);
  BOOST_TEST(fs::path(runner->path).parent_path() == state.config.state_dir + "/github");
  BOOST_TEST(bool(MakeRunnerFolder(*runner)));
}

BOOST_AUTO_TEST_CASE(nothing_works_without_what_the_runner_sets) {
  State state;
  for (const char* name : {"RUNNER_NAME", "RUNNER_TEMP"}) {
    auto variables = Of("7");
    variables.erase(name);
    const auto runner = FindRunnerFolder(state.config, EnvironmentOf(variables));
    BOOST_REQUIRE(!runner);
    BOOST_TEST(Has(runner.findings().front().message, name));
  }
  for (const char* run : {"", "../7", "7 "}) {
    BOOST_TEST(!WriteVerdict(state.runner, EnvironmentOf(Of(run)), RecordOf("7")));
  }
}

BOOST_AUTO_TEST_CASE(folder_that_others_may_write_is_refused) {
  State state;
  BOOST_REQUIRE(chmod(state.runner.path.c_str(), 0770) == 0);
  const auto made = MakeRunnerFolder(state.runner);
  BOOST_REQUIRE(!made);
  BOOST_TEST(CodeName(made.findings().front().code) == "STATE_UNWRITABLE");
}

BOOST_AUTO_TEST_SUITE_END()
