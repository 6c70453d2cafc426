#include <boost/test/unit_test.hpp>

#include "tests/verifier/provider/signed_claims.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

using testing::Signed;
using testing::Summary;
using testing::With;
using testing::Without;

constexpr Provider kGitLab = Provider::kGitLab;

// A push to a branch, as servers since 18.4 describe it.
Object Push() {
  return {{"job_id", "900"},
          {"pipeline_id", "80"},
          {"project_id", "7"},
          {"project_path", "group/tool"},
          {"job_project_id", "7"},
          {"job_project_path", "group/tool"},
          {"user_id", "3"},
          {"user_login", "kim"},
          {"pipeline_source", "push"},
          {"ref", "main"},
          {"ref_type", "branch"},
          {"ref_path", "refs/heads/main"},
          {"ref_protected", "true"},
          {"runner_id", 5},
          {"runner_environment", "self-hosted"},
          {"sha", "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"}};
}

// The job of that token, as a runner since 19.0 describes it.
Job PushJob() {
  Job job;
  job.server_url = "https://gitlab.example.org";
  job.job_id = "900";
  job.pipeline_id = "80";
  job.runner_id = "5";
  job.project_id = "7";
  job.project_path = "group/tool";
  job.user_id = "3";
  job.sha = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
  job.ref = "main";
  job.ref_type = "branch";
  job.job_name = "build";
  job.event = "push";
  job.ref_protected = true;
  job.image = "registry.example.org/build:1";
  job.services = {"postgres:16"};
  return job;
}

// What servers before 18.4 say of the same.
Object Before184(Object claims) {
  return Without(Without(std::move(claims), "job_project_id"), "job_project_path");
}

// A merge request from a branch of the same project.
Object MergeRequest() {
  Object claims = Push();
  claims.Set("pipeline_source", "merge_request_event");
  claims.Set("ref", "topic");
  claims.Set("ref_path", "refs/heads/topic");
  claims.Set("ref_protected", "false");
  return claims;
}

Job MergeRequestJob() {
  Job job = PushJob();
  job.ref = "refs/merge-requests/4/head";
  job.merge_request_source_branch = "topic";
  job.merge_request_source_project_id = "7";
  job.event = "merge_request_event";
  job.ref_protected = false;
  return job;
}

// A merge request from a fork, that runs in the parent project.
Object ForkSince184() {
  Object claims = MergeRequest();
  claims.Set("project_id", "66");
  claims.Set("project_path", "mallory/tool");
  return claims;
}
Object ForkSince1822() {
  return Before184(ForkSince184());
}
Object ForkBefore1822() {
  return Before184(MergeRequest());
}

Job ForkJob() {
  Job job = MergeRequestJob();
  job.merge_request_source_project_id = "66";
  return job;
}

std::string BindSummary(const Object& claims, const Job& job) {
  return Summary(Bind(kGitLab, Signed(claims), job));
}

bool Fork(const Object& claims, const Job& job) {
  const SignedToken token = Signed(claims);
  return IsFork(kGitLab, &token, job);
}

Object Facts(const Object& claims, const Job& job) {
  const SignedToken token = Signed(claims);
  return MakeFacts(kGitLab, &token, job);
}

BOOST_AUTO_TEST_SUITE(gitlab)

// What makes it a job's token

BOOST_AUTO_TEST_CASE(a_jobs_token_is_one_for_each_server_generation) {
  for (const Object& claims : {Push(), Before184(Push()), Without(Before184(Push()), "sha"),
                               MergeRequest(), ForkSince184(), ForkSince1822()}) {
    BOOST_TEST(Summary(CheckJobToken(kGitLab, Signed(claims))) == "");
  }
}

BOOST_AUTO_TEST_CASE(user_claims_may_be_null) {
  Object claims = Push();
  for (const char* name : {"user_id", "user_login", "runner_id", "sha"}) claims.Set(name, nullptr);
  BOOST_TEST(Summary(CheckJobToken(kGitLab, Signed(claims))) == "");
  BOOST_TEST(BindSummary(claims, PushJob()) == "");
}

BOOST_AUTO_TEST_CASE(each_claim_that_makes_it_a_jobs_token_is_required) {
  for (const char* name :
       {"job_id", "pipeline_id", "project_id", "project_path", "ref", "ref_type"}) {
    const std::string expected = std::string("REQUIRED_CLAIM_MISSING ") + name;
    BOOST_TEST(Summary(CheckJobToken(kGitLab, Signed(Without(Push(), name)))) == expected);
    BOOST_TEST(Summary(CheckJobToken(kGitLab, Signed(With(Push(), name, nullptr)))) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_login_token_is_no_jobs_token) {
  const Object login{{"sub", "3"}, {"nickname", "kim"}, {"groups", Array{"group"}}};
  const Findings findings = CheckJobToken(kGitLab, Signed(login));
  BOOST_TEST(findings.size() == 6U);
  BOOST_TEST(findings[0].message == "job_id: missing");
  BOOST_TEST(findings[0].hint.find("login tokens") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(required_claims_of_a_wrong_type_are_invalid) {
  const Value wrong[] = {true, 1.5, "", Array{"900"}, Object{{"id", "900"}}, Array{Object{}}};
  for (const Value& value : wrong) {
    BOOST_TEST(Summary(CheckJobToken(kGitLab, Signed(With(Push(), "job_id", value)))) ==
               "CLAIM_INVALID job_id");
    BOOST_TEST(Summary(CheckJobToken(kGitLab, Signed(With(Push(), "ref", value)))) ==
               "CLAIM_INVALID ref");
  }
  BOOST_TEST(Summary(CheckJobToken(kGitLab, Signed(With(Push(), "ref", 5)))) ==
             "CLAIM_INVALID ref");
}

BOOST_AUTO_TEST_CASE(ids_may_be_numbers) {
  Object claims = Push();
  for (const auto& [name, id] :
       {std::pair("job_id", 900), {"pipeline_id", 80}, {"project_id", 7}, {"job_project_id", 7}}) {
    claims.Set(name, id);
  }
  claims.Set("runner_id", "5");
  BOOST_TEST(Summary(CheckJobToken(kGitLab, Signed(claims))) == "");
  BOOST_TEST(BindSummary(claims, PushJob()) == "");
  BOOST_TEST(!Fork(claims, PushJob()));
}

// Binding

BOOST_AUTO_TEST_CASE(a_token_binds_to_its_own_job) {
  BOOST_TEST(BindSummary(Push(), PushJob()) == "");
  BOOST_TEST(BindSummary(Before184(Push()), PushJob()) == "");
}

BOOST_AUTO_TEST_CASE(each_id_that_differs_is_a_mismatch) {
  const Job good = PushJob();
  struct Row {
    const char* claim;
    std::optional<std::string> Job::*member;
  };
  const Row rows[] = {{"job_id", &Job::job_id},
                      {"pipeline_id", &Job::pipeline_id},
                      {"runner_id", &Job::runner_id},
                      {"user_id", &Job::user_id},
                      {"sha", &Job::sha},
                      {"ref_type", &Job::ref_type},
                      {"ref", &Job::ref},
                      {"job_project_id", &Job::project_id},
                      {"job_project_path", &Job::project_path}};
  for (const Row& row : rows) {
    Job job = good;
    job.*row.member = "other";
    BOOST_TEST(BindSummary(Push(), job) == std::string("JOB_MISMATCH ") + row.claim);
  }
}

BOOST_AUTO_TEST_CASE(a_mismatch_says_field_expected_and_got) {
  const Findings findings = Bind(kGitLab, Signed(With(Push(), "job_id", "901")), PushJob());
  BOOST_REQUIRE(findings.size() == 1U);
  BOOST_TEST(findings[0].message == R"(job_id: expected "900", got "901")");
  BOOST_TEST(findings[0].evidence[0].expected == R"("900")");
  BOOST_TEST(findings[0].evidence[0].got == R"("901")");
}

BOOST_AUTO_TEST_CASE(a_stolen_token_differs_in_everything_that_is_said) {
  Object claims = Push();
  for (const char* name : {"job_id", "pipeline_id", "user_id", "sha", "ref", "job_project_id"}) {
    claims.Set(name, "other");
  }
  BOOST_TEST(BindSummary(claims, PushJob()) ==
             "JOB_MISMATCH job_id, JOB_MISMATCH pipeline_id, JOB_MISMATCH user_id, "
             "JOB_MISMATCH sha, JOB_MISMATCH ref, JOB_MISMATCH job_project_id");
}

BOOST_AUTO_TEST_CASE(ids_are_the_same_only_digit_for_digit) {
  BOOST_TEST(BindSummary(With(Push(), "job_id", "0900"), PushJob()) == "JOB_MISMATCH job_id");
  BOOST_TEST(BindSummary(With(Push(), "job_id", 900.5), PushJob()) == "JOB_MISMATCH job_id");
  BOOST_TEST(BindSummary(With(Push(), "job_id", "9001"), PushJob()) == "JOB_MISMATCH job_id");
}

BOOST_AUTO_TEST_CASE(a_claim_of_a_wrong_type_is_a_mismatch) {
  for (const Value& value :
       {Value(true), Value(Array{"80"}), Value(Object{{"80", "80"}}), Value(Array{Object{}})}) {
    BOOST_TEST(BindSummary(With(Push(), "pipeline_id", value), PushJob()) ==
               "JOB_MISMATCH pipeline_id");
    BOOST_TEST(BindSummary(With(Push(), "sha", value), PushJob()) == "JOB_MISMATCH sha");
  }
}

BOOST_AUTO_TEST_CASE(what_only_one_side_says_is_not_compared) {
  Job old;
  old.job_id = "900";
  BOOST_TEST(BindSummary(Push(), old) == "");
  Object claims = Before184(Push());
  for (const char* name : {"sha", "runner_id", "user_id"}) claims = Without(claims, name);
  BOOST_TEST(BindSummary(claims, PushJob()) == "");
}

BOOST_AUTO_TEST_CASE(without_the_jobs_own_id_nothing_is_bound) {
  Job job = PushJob();
  job.job_id.reset();
  BOOST_TEST(BindSummary(Push(), job) == "JOB_MISMATCH job_id");
  BOOST_TEST(BindSummary(Without(Push(), "job_id"), PushJob()) == "JOB_MISMATCH job_id");
  BOOST_TEST(BindSummary(Without(Push(), "job_id"), job) == "JOB_MISMATCH job_id");
}

BOOST_AUTO_TEST_CASE(a_merge_requests_ref_is_its_source_branch) {
  BOOST_TEST(BindSummary(MergeRequest(), MergeRequestJob()) == "");
  Job merged_result = MergeRequestJob();
  merged_result.ref = "refs/merge-requests/4/merge";
  BOOST_TEST(BindSummary(MergeRequest(), merged_result) == "");
  BOOST_TEST(BindSummary(Before184(MergeRequest()), merged_result) == "");
  BOOST_TEST(BindSummary(With(MergeRequest(), "ref", "main"), MergeRequestJob()) ==
             "JOB_MISMATCH ref");
  BOOST_TEST(BindSummary(With(MergeRequest(), "ref", "refs/merge-requests/4/head"),
                         MergeRequestJob()) == "JOB_MISMATCH ref");
}

BOOST_AUTO_TEST_CASE(a_source_branch_without_a_merge_request_ref_is_not_looked_at) {
  Job job = PushJob();
  job.merge_request_source_branch = "topic";
  BOOST_TEST(BindSummary(Push(), job) == "");
  BOOST_TEST(BindSummary(With(Push(), "ref", "topic"), job) == "JOB_MISMATCH ref");
}

BOOST_AUTO_TEST_CASE(a_forks_merge_request_binds_on_each_server_generation) {
  for (const Object& claims : {ForkSince184(), ForkSince1822(), ForkBefore1822()}) {
    BOOST_TEST(BindSummary(claims, ForkJob()) == "");
  }
}

BOOST_AUTO_TEST_CASE(another_project_is_a_mismatch_unless_it_is_this_very_job) {
  const Object fork = ForkSince1822();
  for (const char* name : {"job_id", "pipeline_id", "sha"}) {
    BOOST_TEST(BindSummary(With(fork, name, "other"), ForkJob()) ==
               std::string("JOB_MISMATCH ") + name +
                   ", JOB_MISMATCH project_id, JOB_MISMATCH project_path");
  }
  BOOST_TEST(BindSummary(Without(fork, "sha"), ForkJob()) ==
             "JOB_MISMATCH project_id, JOB_MISMATCH project_path");
  Job job = ForkJob();
  job.pipeline_id.reset();
  BOOST_TEST(BindSummary(fork, job) == "JOB_MISMATCH project_id, JOB_MISMATCH project_path");
}

BOOST_AUTO_TEST_CASE(where_the_job_runs_must_be_where_the_token_says) {
  BOOST_TEST(BindSummary(With(ForkSince184(), "job_project_id", "66"), ForkJob()) ==
             "JOB_MISMATCH job_project_id");
}

BOOST_AUTO_TEST_CASE(before_18_4_the_project_and_its_path_are_bound) {
  BOOST_TEST(BindSummary(With(Before184(Push()), "project_path", "x/y"), PushJob()) ==
             "JOB_MISMATCH project_path");
}

// Forks

BOOST_AUTO_TEST_CASE(a_job_of_the_project_itself_is_no_fork) {
  BOOST_TEST(!Fork(Push(), PushJob()));
  BOOST_TEST(!Fork(Before184(Push()), PushJob()));
  BOOST_TEST(!Fork(MergeRequest(), MergeRequestJob()));
  BOOST_TEST(!Fork(Before184(MergeRequest()), MergeRequestJob()));
  BOOST_TEST(!Fork(Push(), Job()));
  BOOST_TEST(!IsFork(kGitLab, nullptr, PushJob()));
  BOOST_TEST(!IsFork(kGitLab, nullptr, MergeRequestJob()));
}

BOOST_AUTO_TEST_CASE(a_forks_merge_request_is_a_fork_on_each_server_generation) {
  for (const Object& claims : {ForkSince184(), ForkSince1822(), ForkBefore1822()}) {
    BOOST_TEST(Fork(claims, ForkJob()));
  }
}

BOOST_AUTO_TEST_CASE(each_sign_of_a_fork_is_enough_alone) {
  BOOST_TEST(Fork(ForkSince184(), Job()));
  Job project_only;
  project_only.project_id = "7";
  BOOST_TEST(Fork(ForkSince1822(), project_only));
  BOOST_TEST(Fork(ForkBefore1822(), ForkJob()));
  BOOST_TEST(IsFork(kGitLab, nullptr, ForkJob()));
  Job source_only;
  source_only.merge_request_source_project_id = "66";
  BOOST_TEST(Fork(ForkBefore1822(), source_only));
  BOOST_TEST(Fork(Push(), source_only));
  Job said = PushJob();
  said.fork = true;
  BOOST_TEST(Fork(Push(), said));
}

BOOST_AUTO_TEST_CASE(a_fork_cannot_be_talked_away) {
  Job job = ForkJob();
  job.fork = false;
  BOOST_TEST(Fork(ForkSince184(), job));
}

BOOST_AUTO_TEST_CASE(a_stolen_token_of_another_project_is_a_mismatch_and_no_fork) {
  Object stolen = Push();
  for (const char* name : {"project_id", "job_project_id"}) stolen.Set(name, "66");
  BOOST_TEST(!Fork(stolen, PushJob()));
  BOOST_TEST(BindSummary(stolen, PushJob()) == "JOB_MISMATCH job_project_id");
}

BOOST_AUTO_TEST_CASE(a_source_project_that_is_gone_is_a_fork) {
  Job job = MergeRequestJob();
  job.merge_request_source_project_id = "";
  BOOST_TEST(Fork(MergeRequest(), job));
}

// Facts

BOOST_AUTO_TEST_CASE(facts_of_a_push_come_from_the_token) {
  Job job = PushJob();
  job.event = "web";
  job.ref_protected = false;
  job.user_id = "99";
  BOOST_TEST(WriteJson(Facts(Push(), job)) ==
             R"({"job_name":"build","image":"registry.example.org/build:1",)"
             R"("services":["postgres:16"],"ref_protected":"true","fork":false,"event":"push",)"
             R"("ref":"main","ref_type":"branch",)"
             R"("sha":"c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00","user_id":"3",)"
             R"("project_id":"7","project_path":"group/tool"})");
}

BOOST_AUTO_TEST_CASE(facts_without_a_token_come_from_the_job) {
  BOOST_TEST(WriteJson(MakeFacts(kGitLab, nullptr, MergeRequestJob())) ==
             R"({"job_name":"build","image":"registry.example.org/build:1",)"
             R"("services":["postgres:16"],"ref_protected":false,"fork":false,)"
             R"("event":"merge_request_event","ref":"topic","ref_type":"branch",)"
             R"("sha":"c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00","user_id":"3",)"
             R"("project_id":"7","project_path":"group/tool"})");
}

BOOST_AUTO_TEST_CASE(unknown_facts_are_absent) {
  Job unknown;
  unknown.bindable = false;
  BOOST_TEST(WriteJson(MakeFacts(kGitLab, nullptr, unknown)) == R"({"fork":false})");
}

BOOST_AUTO_TEST_CASE(a_job_without_services_has_none_to_say) {
  Job job = PushJob();
  job.services.clear();
  const Object facts = Facts(Push(), job);
  const Value* services = facts.Find("services");
  BOOST_REQUIRE(services != nullptr);
  BOOST_TEST(WriteJson(*services) == "[]");
}

BOOST_AUTO_TEST_CASE(a_null_claim_leaves_the_fact_to_the_job) {
  const Object facts = Facts(With(Push(), "user_id", nullptr), PushJob());
  BOOST_REQUIRE(facts.FindString("user_id") != nullptr);
  BOOST_TEST(*facts.FindString("user_id") == "3");
}

BOOST_AUTO_TEST_CASE(the_project_is_where_the_job_runs_on_each_server_generation) {
  for (const Object& claims : {ForkSince184(), ForkSince1822(), ForkBefore1822()}) {
    const Object facts = Facts(claims, ForkJob());
    BOOST_REQUIRE(facts.FindString("project_id") != nullptr);
    BOOST_REQUIRE(facts.FindString("project_path") != nullptr);
    BOOST_TEST(*facts.FindString("project_id") == "7");
    BOOST_TEST(*facts.FindString("project_path") == "group/tool");
    BOOST_TEST(WriteJson(*facts.Find("fork")) == "true");
  }
}

BOOST_AUTO_TEST_CASE(a_forks_path_is_never_that_of_another_project) {
  Job job = ForkJob();
  job.project_path.reset();
  const Object facts = Facts(ForkSince1822(), job);
  BOOST_TEST(facts.Find("project_path") == nullptr);
  const Object half = Facts(Without(ForkSince184(), "job_project_path"), job);
  BOOST_TEST(half.Find("project_path") == nullptr);
}

BOOST_AUTO_TEST_CASE(alone_a_token_says_where_it_was_made) {
  Job unknown;
  unknown.bindable = false;
  const Object facts = Facts(Before184(Push()), unknown);
  BOOST_REQUIRE(facts.FindString("project_path") != nullptr);
  BOOST_TEST(*facts.FindString("project_path") == "group/tool");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
