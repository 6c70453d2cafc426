#include "hooks/github/container_step.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/hooks/github/environment_of.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace jobwarden {

std::ostream& operator<<(std::ostream& out, TokenUse use) {
  constexpr const char* kNames[] = {"none", "named", "unknown"};
  return out << kNames[static_cast<int>(use)];
}

}  // namespace jobwarden

namespace {

const std::string kAsks = "curl \"$ACTIONS_ID_TOKEN_REQUEST_URL\"\n";

const Json kDockerAction = {{"image", "alpine"}};

// A runner's work folder with a checkout, and a step in the job's container.
struct Runner {
  Runner() {
    fs::create_directories(work + "/app/app/ci");
    fs::create_directories(work + "/_temp/_github_home");
    fs::create_directories(folder / "tools/cosign");
    File("app/app/README.md", "");
  }
  void File(const std::string& name, const std::string& text) const {
    folder.Write("_work/" + name, text);
  }
  TokenUse Needs(const Json& args, const std::string& command = "run_script_step") const {
    const auto message =
        ContainerMessage::Parse(Secret(Json{{"command", command}, {"args", args}}.dump()));
    BOOST_REQUIRE(message);
    return StepNeedsTokens(*message, settings,
                           EnvironmentOf({{"RUNNER_TEMP", work + "/_temp"},
                                          {"RUNNER_TOOL_CACHE", folder / "tools"},
                                          {"GITHUB_ACTION", id}}));
  }
  // As a `run:` step is started in a container.
  Json Args(const std::string& text) const {
    File("_temp/step.sh", text);
    return {
        {"entryPoint", "bash"},
        {"entryPointArgs", {"-e", "/__w/_temp/step.sh"}},
        {"workingDirectory", "/__w/app/app"},
        {"environmentVariables", {{"GITHUB_WORKSPACE", "/__w/app/app"}, {"HOME", "/github/home"}}}};
  }
  TokenUse Run(const std::string& text) const { return Needs(Args(text)); }

  TempFolder folder;
  std::string work = folder / "_work";
  StepSettings settings;
  std::string id = "__run";
};

}  // namespace

BOOST_AUTO_TEST_SUITE(container_step)

BOOST_AUTO_TEST_CASE(script_that_the_container_knows_by_its_own_path_is_read) {
  const Runner runner;
  BOOST_TEST(runner.Run("env\n") == TokenUse::kNone);
  BOOST_TEST(runner.Run(kAsks) == TokenUse::kNamed);
  BOOST_TEST(runner.Run("cosign sign x\n") == TokenUse::kNamed);
}

BOOST_AUTO_TEST_CASE(files_of_the_checkout_are_followed_however_they_are_named) {
  const Runner runner;
  runner.File("app/app/ci/ask.sh", kAsks);
  runner.File("app/app/ci/build.sh", "make\n");
  for (const char* call :
       {"ci/ask.sh", "./ci/ask.sh", "/__w/app/app/ci/ask.sh", "cd ci && ./ask.sh",
        "$GITHUB_WORKSPACE/ci/ask.sh", "bash /__w/app/../app/app/ci/ask.sh"}) {
    BOOST_TEST(runner.Run(call) == TokenUse::kNamed, call);
  }
  BOOST_TEST(runner.Run(runner.work + "/app/app/ci/ask.sh") == TokenUse::kNamed);
  BOOST_TEST(runner.Run("ci/build.sh") == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(home_tools_and_actions_lie_where_the_runner_mounts_them) {
  const Runner runner;
  runner.File("_temp/_github_home/ask.sh", kAsks);
  BOOST_TEST(runner.Run("~/ask.sh") == TokenUse::kNamed);
  BOOST_TEST(runner.Run("/github/home/ask.sh") == TokenUse::kNamed);
  runner.folder.Write("tools/ask.sh", kAsks);
  BOOST_TEST(runner.Run("/__t/ask.sh") == TokenUse::kNamed);
  fs::create_directories(runner.work + "/_actions/shop/sign/v1");
  runner.File("_actions/shop/sign/v1/ask.sh", kAsks);
  Json args = runner.Args("$GITHUB_ACTION_PATH/ask.sh");
  args["environmentVariables"]["GITHUB_ACTION_PATH"] = "/__w/_actions/shop/sign/v1";
  BOOST_TEST(runner.Needs(args) == TokenUse::kNamed);
}

BOOST_AUTO_TEST_CASE(file_of_this_machine_is_not_taken_for_one_of_the_image) {
  const Runner runner;
  const std::string outside = runner.folder.Write("outside.sh", kAsks);
  BOOST_TEST(runner.Run(outside) == TokenUse::kNone);
}

BOOST_AUTO_TEST_CASE(script_that_cannot_be_read_is_unknown) {
  const Runner runner;
  Json args = runner.Args("env\n");
  args["entryPointArgs"] = {"-e", "/opt/of-the-image.sh"};
  BOOST_TEST(runner.Needs(args) == TokenUse::kUnknown);
  args["entryPointArgs"] = {"-e", "/__w/_temp/absent.sh"};
  BOOST_TEST(runner.Needs(args) == TokenUse::kUnknown);
  args["entryPointArgs"] = Json::array();
  BOOST_TEST(runner.Needs(args) == TokenUse::kUnknown);
}

BOOST_AUTO_TEST_CASE(checkout_that_is_in_the_container_alone_makes_named_files_unknown) {
  const Runner runner;
  fs::remove_all(runner.work + "/app/app");
  fs::create_directories(runner.work + "/app/app");
  for (const char* script : {"env\n", "echo hello > /dev/null; pytest\n", "FOO=1 cargo build\n"}) {
    BOOST_TEST(runner.Run(script) == TokenUse::kNone, script);
  }
  for (const char* script : {"ci/ask.sh", "./ask", "bash ask", "make", "npm ci", "python3 -m ask",
                             "$GITHUB_WORKSPACE/ask", "node index.js"}) {
    BOOST_TEST(runner.Run(script) == TokenUse::kUnknown, script);
  }
  BOOST_TEST(runner.Run(kAsks) == TokenUse::kNamed);
}

BOOST_AUTO_TEST_CASE(working_folder_in_the_image_makes_named_files_unknown) {
  const Runner runner;
  for (const char* folder : {"/src", "", "src"}) {
    Json args = runner.Args("./ask.sh");
    args["workingDirectory"] = folder;
    BOOST_TEST(runner.Needs(args) == TokenUse::kUnknown);
  }
}

BOOST_AUTO_TEST_CASE(actions_are_taken_to_need_it_unless_only_listed_steps_may) {
  Runner runner;
  Json action = runner.Args("");
  action["entryPoint"] = "/__e/node20/bin/node";
  action["entryPointArgs"] = {"/__w/_actions/shop/sign/v1/index.js"};
  BOOST_TEST(runner.Needs(action) == TokenUse::kNamed);
  BOOST_TEST(runner.Needs(kDockerAction, "run_container_step") == TokenUse::kNamed);
  runner.settings.step_tokens = StepTokens::kListed;
  BOOST_TEST(runner.Needs(action) == TokenUse::kNone);
  BOOST_TEST(runner.Needs(kDockerAction, "run_container_step") == TokenUse::kNone);
  BOOST_TEST(runner.Run(kAsks) == TokenUse::kNone);
  runner.settings.keep_steps = {"sign"};
  runner.id = "sign";
  BOOST_TEST(runner.Needs(action) == TokenUse::kNamed);
  BOOST_TEST(runner.Needs(kDockerAction, "run_container_step") == TokenUse::kNamed);
  BOOST_TEST(runner.Run("env\n") == TokenUse::kNamed);
}

BOOST_AUTO_TEST_CASE(listed_steps_and_all_steps_keep_it_whatever_they_run) {
  Runner runner;
  runner.settings.keep_steps = {"__run"};
  BOOST_TEST(runner.Run("env\n") == TokenUse::kNamed);
  runner.settings.keep_steps = {"other", ""};
  BOOST_TEST(runner.Run("env\n") == TokenUse::kNone);
  runner.id = "";
  BOOST_TEST(runner.Run("env\n") == TokenUse::kNone);
  runner.settings.step_tokens = StepTokens::kAll;
  BOOST_TEST(runner.Run("env\n") == TokenUse::kNamed);
}

BOOST_AUTO_TEST_SUITE_END()
