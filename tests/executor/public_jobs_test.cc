// Jobs as people write them: each keeps what it needs, and few keep more.

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/executor/job_player.h"
#include "tests/support/places.h"
#include "tests/support/score.h"

using namespace jobwarden::testing;

namespace {

Score Play(const std::vector<WrittenJob>& jobs, const std::string& exposure) {
  JobPlayer player(exposure);
  Score score;
  for (const WrittenJob& job : jobs) {
    std::string missing;
    std::string surplus;
    auto left = player.Play(job);
    for (const WrittenJob::Stage& stage : job.stages) {
      for (const std::string& name : stage.uses) {
        if (!left[stage.name].names.contains(name)) missing += " " + name;
      }
      for (const std::string& name : left[stage.name].surplus) surplus += " " + name;
    }
    if (!missing.empty()) score.broken.push_back(job.id + ":" + missing);
    if (!surplus.empty()) score.over_exposed.push_back(job.id + ":" + surplus);
  }
  return score;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(public_jobs)

BOOST_AUTO_TEST_CASE(no_public_job_loses_what_it_needs) {
  const Score score = Play(ReadJobs(InShared("cases/jobs.jsonl")), "");
  BOOST_TEST_MESSAGE(score);
  BOOST_TEST(score.broken.empty(), score);
  BOOST_TEST(score.over_exposed.size() <= 8U, score);
}

BOOST_AUTO_TEST_CASE(the_lines_of_the_script_alone_expose_least) {
  const Score score = Play(ReadJobs(InShared("cases/jobs.jsonl")), "usage = \"script\"\n");
  BOOST_TEST_MESSAGE(score);
  BOOST_TEST(score.over_exposed.size() <= 1U, score);
}

BOOST_AUTO_TEST_SUITE_END()
