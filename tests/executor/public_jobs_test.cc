// Jobs as people write them: each keeps what it needs, and few keep more.

#include <boost/test/unit_test.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "tests/executor/job_player.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

struct Score {
  std::vector<std::string> broken;
  std::vector<std::string> over_exposed;
};

std::ostream& operator<<(std::ostream& out, const Score& score) {
  out << score.broken.size() << " broken:";
  for (const std::string& each : score.broken) out << "\n  " << each;
  out << "\n" << score.over_exposed.size() << " over-exposed:";
  for (const std::string& each : score.over_exposed) out << "\n  " << each;
  return out << "\n";
}

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
