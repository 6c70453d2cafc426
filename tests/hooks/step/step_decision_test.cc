#include "hooks/step/step_decision.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::TempFolder;

namespace {

// A step `run: LINES` in a workspace of its own.
struct Step {
  explicit Step(const std::string& lines) { folder.Write("step.sh", lines); }
  StepCall Call() const {
    StepCall call;
    call.program = "bash";
    call.arguments = {"-e", path};
    call.folder = folder.path();
    call.workspace = folder.path();
    call.is_action = is_action;
    return call;
  }
  TokenUse Decide(const std::string& id = "__run") const {
    return DecideStep(settings, id, Call());
  }
  bool CallsGit() const { return MayCallGit(settings, "__run", Call()); }

  TempFolder folder;
  std::string path = folder / "step.sh";
  StepSettings settings;
  bool is_action = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(step_decision)

BOOST_AUTO_TEST_CASE(a_step_that_names_nothing_loses_the_variables) {
  BOOST_TEST((Step("npm test\n").Decide() == TokenUse::kNone));
}

BOOST_AUTO_TEST_CASE(a_command_that_the_administrator_lists_keeps_the_variables) {
  Step step("deploy-tool login\n");
  BOOST_TEST((step.Decide() == TokenUse::kNone));
  step.settings.consumers = {"deploy-tool"};
  BOOST_TEST((step.Decide() == TokenUse::kNamed));
}

BOOST_AUTO_TEST_CASE(a_listed_command_of_two_words_is_meant_as_a_whole) {
  Step step("npm test\nour push\n");
  step.settings.consumers = {"our publish"};
  BOOST_TEST((step.Decide() == TokenUse::kNone));
  step.settings.consumers = {"our push"};
  BOOST_TEST((step.Decide() == TokenUse::kNamed));
}

BOOST_AUTO_TEST_CASE(a_listed_step_keeps_the_variables_whatever_it_runs) {
  Step step("npm test\n");
  step.settings.keep_steps = {"mint", ""};
  BOOST_TEST((step.Decide("mint") == TokenUse::kNamed));
  BOOST_TEST((step.Decide("") == TokenUse::kNone));
}

BOOST_AUTO_TEST_CASE(where_steps_are_listed_no_name_helps) {
  Step step("curl $ACTIONS_ID_TOKEN_REQUEST_URL\n");
  BOOST_TEST((step.Decide() == TokenUse::kNamed));
  step.settings.step_tokens = StepTokens::kListed;
  BOOST_TEST((step.Decide() == TokenUse::kNone));
}

BOOST_AUTO_TEST_CASE(an_action_keeps_the_variables_unless_steps_are_listed) {
  Step step("npm test\n");
  step.is_action = true;
  BOOST_TEST((step.Decide() == TokenUse::kNamed));
  step.settings.step_tokens = StepTokens::kListed;
  BOOST_TEST((step.Decide() == TokenUse::kNone));
}

BOOST_AUTO_TEST_CASE(a_list_of_its_own_replaces_the_one_that_is_compiled_in) {
  Step step("npm publish\n");
  step.settings.list = "jobwarden-consumers 1\ndate 2999-01-01\ncommand our-deploy\n";
  BOOST_TEST((step.Decide() == TokenUse::kNone));
  Step other("our-deploy up\n");
  other.settings.list = step.settings.list;
  BOOST_TEST((other.Decide() == TokenUse::kNamed));
}

BOOST_AUTO_TEST_CASE(a_step_calls_git_if_it_names_git_or_what_starts_git) {
  for (const char* lines : {"git fetch\n", "npm ci\n", "x=$(git rev-parse HEAD)\n", "./ci.sh\n",
                            "gh pr create\n", "mvn -B release:prepare\n",
                            "python -c 'import git'\n", "sudo apt-get install -y git-lfs\n"}) {
    Step step(lines);
    step.folder.Write("ci.sh", "exec git push\n");
    BOOST_TEST(step.CallsGit(), lines);
  }
  for (const char* lines :
       {"make test\n", "echo done\n", "docker build .\n", "curl $ACTIONS_ID_TOKEN_REQUEST_URL\n",
        "python -m pytest\n", "cat .gitignore\n", "# git push\nls\n", "mvn -B test\n"}) {
    Step step(lines);
    step.folder.Write("Makefile", "test:\n\tctest\nrelease:\n\tgit push\n");
    BOOST_TEST(!step.CallsGit(), lines);
  }
}

BOOST_AUTO_TEST_CASE(a_listed_step_or_an_action_may_call_git) {
  Step step("make test\n");
  step.settings.keep_steps = {"__run"};
  BOOST_TEST(step.CallsGit());
  Step action("make test\n");
  action.is_action = true;
  BOOST_TEST(action.CallsGit());
}

BOOST_AUTO_TEST_CASE(where_every_step_may_ask_nothing_is_looked_at) {
  Step step("npm test\n");
  step.settings.step_tokens = StepTokens::kAll;
  BOOST_TEST((step.Decide() == TokenUse::kNamed));
}

BOOST_AUTO_TEST_SUITE_END()
