#include "hooks/github/wrapped_hook.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/hooks/github/environment_of.h"
#include "tests/support/has.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

struct Runner {
  Runner() {
    fs::create_directories(folder / "_work/_temp/bin");
    fs::create_directories(folder / "tools/node/bin");
  }
  WrappedHook Find(const std::vector<std::string>& command, bool strips = true) const {
    auto hook = FindWrappedHook(command, EnvironmentOf(variables), strips);
    BOOST_REQUIRE_MESSAGE(hook, FindingOf(command));
    return *std::move(hook);
  }
  std::string FindingOf(const std::vector<std::string>& command) const {
    const auto hook = FindWrappedHook(command, EnvironmentOf(variables), true);
    if (hook) return "";
    const Finding& finding = hook.findings().front();
    return std::string(CodeName(finding.code)) + ": " + finding.message + " (" + finding.hint + ")";
  }
  std::string Get(const std::string& name, bool strips = true) const {
    for (const Secret& entry : Find({file}, strips).environment) {
      if (entry.view().starts_with(name + "=")) {
        return std::string(entry.view().substr(name.size() + 1));
      }
    }
    return "absent";
  }
  std::string PathOf(const std::string& path) {
    variables["PATH"] = path;
    return Get("PATH");
  }

  TempFolder folder;
  std::string file = folder.Write("hook", "");
  std::map<std::string, std::string> variables{{"RUNNER_TEMP", folder / "_work/_temp"},
                                               {"RUNNER_TOOL_CACHE", folder / "tools"},
                                               {"PATH", "/usr/bin:/bin"}};
};

std::string Words(const WrappedHook& hook) {
  std::string words = hook.program;
  for (const std::string& argument : hook.arguments) words += " " + argument;
  return words;
}

const std::string kSystem = "/usr/local/bin:/usr/bin:/bin";
const std::string kMore = ":" + kSystem;

}  // namespace

BOOST_AUTO_TEST_SUITE(wrapped_hook)

BOOST_AUTO_TEST_CASE(hook_is_started_as_the_runner_would) {
  Runner runner;
  const std::string js = runner.folder.Write("index.js", "");
  const std::string sh = runner.folder.Write("hook.sh", "");
  runner.variables[std::string(kNodeVariable)] = "/runner/externals/node20/bin/node";
  BOOST_TEST(Words(runner.Find({js, "a"})) == "/runner/externals/node20/bin/node " + js + " a");
  BOOST_TEST(Words(runner.Find({sh, "a", "b c"})) == "/bin/bash -e " + sh + " a b c");
  BOOST_TEST(Words(runner.Find({runner.file, "-x"})) == runner.file + " -x");
}

BOOST_AUTO_TEST_CASE(hook_that_cannot_be_started_is_a_wrong_configuration) {
  const Runner runner;
  BOOST_TEST(Has(runner.FindingOf({}), "CONFIG_INVALID: github.container_hooks: expected "));
  BOOST_TEST(Has(runner.FindingOf({}), "(name the file"));
  BOOST_TEST(Has(runner.FindingOf({runner.folder / "absent"}), "No such file"));
  BOOST_TEST(Has(runner.FindingOf({runner.folder.Write("index.js", "")}), "no node"));
}

BOOST_AUTO_TEST_CASE(request_variables_and_our_own_are_not_handed_on) {
  Runner runner;
  runner.variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "u";
  runner.variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "t";
  runner.variables["JOBWARDEN_NODE"] = "/node";
  runner.variables["ACTIONS_RUNNER_POD_NAME"] = "pod=1\n2";
  BOOST_TEST(runner.Get("ACTIONS_ID_TOKEN_REQUEST_URL") == "absent");
  BOOST_TEST(runner.Get("ACTIONS_ID_TOKEN_REQUEST_TOKEN") == "absent");
  BOOST_TEST(runner.Get("JOBWARDEN_NODE") == "absent");
  BOOST_TEST(runner.Get("ACTIONS_RUNNER_POD_NAME") == "pod=1\n2");
  BOOST_TEST(runner.Get("ACTIONS_ID_TOKEN_REQUEST_URL", false) == "u");
  BOOST_TEST(runner.Get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", false) == "t");
  BOOST_TEST(runner.Get("JOBWARDEN_NODE", false) == "absent");
}

BOOST_AUTO_TEST_CASE(hook_ends_with_what_the_runner_kills) {
  Runner runner;
  BOOST_TEST(!runner.Find({runner.file}).ends_with_parent);
  runner.variables["JOBWARDEN_NODE"] = "/node";
  BOOST_TEST(runner.Find({runner.file}).ends_with_parent);
}

BOOST_AUTO_TEST_CASE(path_loses_what_a_job_can_write_from_its_container) {
  Runner runner;
  const std::string top = runner.folder.path();
  fs::create_directory_symlink(top + "/_work/_temp/bin", top + "/link");
  for (const std::string& part :
       {top + "/_work/_temp/bin", top + "/_work/_temp", top + "/_work", top + "/_work/",
        top + "/_work/app/node_modules/.bin", top + "/tools/node/bin", top + "/link",
        top + "/elsewhere/../_work/x", std::string("bin"), std::string("."), std::string(""),
        std::string("/proc/self/root/tmp"), std::string("/dev/fd/3")}) {
    BOOST_TEST(runner.PathOf(part + kMore) == kSystem, part);
    BOOST_TEST(runner.PathOf(fmt::format("{}:{}", kSystem, part)) == kSystem, part);
  }
  for (const std::string& part :
       {top, top + "/_worker", top + "/tools2", std::string("/opt/bin"), std::string("/devel")}) {
    BOOST_TEST(runner.PathOf(part + kMore) == part + kMore);
  }
}

BOOST_AUTO_TEST_CASE(path_is_never_left_without_a_folder) {
  Runner runner;
  BOOST_TEST(runner.PathOf(runner.folder / "_work/bin") == kSystem);
}

BOOST_AUTO_TEST_CASE(step_guards_do_not_stand_before_the_hooks_own_programs) {
  Runner runner;
  fs::create_directory(runner.folder / "guard");
  runner.folder.Write("guard/jobwarden-guard.settings", "");
  BOOST_TEST(runner.PathOf((runner.folder / "guard") + ":" + kSystem) == kSystem);
}

BOOST_AUTO_TEST_CASE(program_that_cannot_become_one_is_said) {
  const Runner runner;
  const Finding finding = ExecWrappedHook(runner.Find({runner.file}), "");
  BOOST_TEST(CodeName(finding.code) == "DRIVER_FAILED");
  BOOST_TEST(Has(finding.message, "Permission denied"));
}

BOOST_AUTO_TEST_SUITE_END()
