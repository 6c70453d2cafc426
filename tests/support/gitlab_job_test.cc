#include "tests/support/gitlab_job.h"

#include <boost/test/unit_test.hpp>
#include <set>

using namespace jobwarden::testing;
using Json = nlohmann::ordered_json;

BOOST_AUTO_TEST_SUITE(gitlab_job)

BOOST_AUTO_TEST_CASE(claims_name_the_job_that_the_runner_gets) {
  const Job job = ProtectedDeploy();
  const Json claims = Claims(job, job.id_tokens[0], 1'000'000);
  const RunnerJob sent = Send(job, Signer());
  BOOST_TEST(claims["job_id"] == std::to_string(sent.response["id"].get<int>()));
  BOOST_TEST(claims["sha"] == sent.response["git_info"]["sha"].get<std::string>());
  BOOST_TEST(claims["exp"].get<int>() - claims["iat"].get<int>() == 3600);
  BOOST_TEST(claims["nbf"] == 999'995);
  BOOST_TEST(claims["aud"] == kRunnerAudience);
}

BOOST_AUTO_TEST_CASE(changed_claims_replace_and_null_takes_out) {
  Job job = ProtectedDeploy();
  job.id_tokens[0].claims = {{"ref", "other"}, {"job_id", nullptr}};
  const Json claims = Claims(job, job.id_tokens[0], 0);
  BOOST_TEST(claims["ref"] == "other");
  BOOST_TEST(!claims.contains("job_id"));
}

BOOST_AUTO_TEST_CASE(fork_merge_request_runs_in_the_parent_and_its_token_names_the_fork) {
  const Job job = ForkMergeRequestDeploy();
  const Json claims = Claims(job, job.id_tokens[0], 0);
  const Json response = Send(job, Signer()).response;
  BOOST_TEST(claims["project_path"] == "mallory/checkout");
  BOOST_TEST(claims["job_project_path"] == "shop/checkout");
  BOOST_TEST(claims["ref"] == "main");
  BOOST_TEST(response["job_info"]["project_id"] == 61);
  BOOST_TEST(response["git_info"]["ref"] == "refs/merge-requests/7/head");
}

BOOST_AUTO_TEST_CASE(older_runners_do_not_know_the_newer_fields) {
  Job job = ProtectedDeploy();
  job.runner = Runner::k14_10;
  const Json response = Send(job, Signer()).response;
  BOOST_TEST(!response["job_info"].contains("pipeline_id"));
  BOOST_TEST(!response["git_info"].contains("protected"));
}

BOOST_AUTO_TEST_SUITE_END()
