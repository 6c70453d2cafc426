#include "hooks/step/step_decision.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::TempFolder;

namespace {

// A step `run: LINES` in a workspace of its own.
struct Step {
  explicit Step(const std::string& lines) { folder.Write("step.sh", lines); }
  TokenUse Decide(const std::string& id = "__run") {
    StepCall call;
    call.program = "bash";
    call.arguments = {"-e", path};
    call.folder = folder.path();
    call.workspace = call.folder;
    call.is_action = is_action;
    return DecideStep(settings, id, call);
  }

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

BOOST_AUTO_TEST_CASE(where_every_step_may_ask_nothing_is_looked_at) {
  Step step("npm test\n");
  step.settings.step_tokens = StepTokens::kAll;
  BOOST_TEST((step.Decide() == TokenUse::kNamed));
}

BOOST_AUTO_TEST_SUITE_END()
