// Steps as people write them: each that requests an id_token is found, and few others are.

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/hooks/step/step_player.h"
#include "tests/support/places.h"
#include "tests/support/score.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

Score PlayAll(const std::string& path) {
  Score score;
  for (const WrittenStep& step : ReadSteps(path)) {
    const TokenUse use = Play(step);
    if (step.needs && use == TokenUse::kNone) score.broken.push_back(step.id);
    if (!step.needs && use != TokenUse::kNone) {
      score.over_exposed.push_back(step.id + (use == TokenUse::kUnknown ? " (unknown)" : ""));
    }
  }
  return score;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(workflow_steps)

BOOST_AUTO_TEST_CASE(no_public_step_loses_what_it_needs) {
  const Score score = PlayAll(InShared("cases/workflow-steps.jsonl"));
  BOOST_TEST_MESSAGE(score);
  BOOST_TEST(score.broken.empty(), score);
  BOOST_TEST(score.over_exposed.size() <= 4U, score);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(written_steps)

BOOST_AUTO_TEST_CASE(no_written_step_loses_what_it_needs_and_none_keeps_more) {
  const Score score = PlayAll(InCheckout("tests/hooks/step/steps.jsonl"));
  BOOST_TEST(score.broken.empty(), score);
  BOOST_TEST(score.over_exposed.empty(), score);
}

BOOST_AUTO_TEST_SUITE_END()
