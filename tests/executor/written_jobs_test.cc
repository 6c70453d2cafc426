// One job for each way in which people use tokens, and do not: each keeps just what it needs.

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/executor/job_player.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(written_jobs)

BOOST_AUTO_TEST_CASE(each_job_keeps_what_it_needs_and_nothing_else) {
  JobPlayer player("");
  const auto jobs = ReadJobs(InCheckout("tests/executor/jobs.jsonl"));
  BOOST_TEST(jobs.size() > 40U);
  for (const WrittenJob& job : jobs) {
    auto left = player.Play(job);
    for (const WrittenJob::Stage& stage : job.stages) {
      const Names& names = left[stage.name].names;
      for (const std::string& name : stage.uses) {
        BOOST_TEST(names.contains(name), job.id << "/" << stage.name << " lost " << name);
      }
      for (const std::string& name : job.unused) {
        BOOST_TEST(names.contains(name) == stage.uses.contains(name),
                   job.id << "/" << stage.name << " kept " << name);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
