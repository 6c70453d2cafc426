#include <boost/test/unit_test.hpp>

#include "tests/verifier/provider/signed_claims.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

using testing::Signed;
using testing::Summary;
using testing::With;
using testing::Without;

constexpr Provider kGitHub = Provider::kGitHub;

Object Push() {
  return {{"repository", "octo/tool"},
          {"repository_id", "70"},
          {"run_id", "8000"},
          {"run_attempt", "1"},
          {"sha", "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"},
          {"ref", "refs/heads/main"},
          {"ref_type", "branch"},
          {"ref_protected", "true"},
          {"head_ref", ""},
          {"base_ref", ""},
          {"event_name", "push"},
          {"workflow_ref", "octo/tool/.github/workflows/ci.yml@refs/heads/main"},
          {"actor", "kim"},
          {"actor_id", "3"},
          {"runner_environment", "self-hosted"}};
}

Job PushJob() {
  Job job;
  job.provider = kGitHub;
  job.repository = "octo/tool";
  job.repository_id = "70";
  job.run_id = "8000";
  job.run_attempt = "1";
  job.sha = "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";
  job.ref = "refs/heads/main";
  job.event = "push";
  job.workflow_ref = "octo/tool/.github/workflows/ci.yml@refs/heads/main";
  job.actor = "kim";
  job.actor_id = "3";
  job.runner_environment = "self-hosted";
  job.job_name = "build";
  return job;
}

std::string BindSummary(const Object& claims, const Job& job) {
  return Summary(Bind(kGitHub, Signed(claims), job));
}

bool Fork(const Object& claims, const Job& job, const OwnEvents& own_events = {}) {
  const SignedToken token = Signed(claims);
  return IsFork(kGitHub, &token, job, own_events);
}

// What differs, each with whether that forbids the job.
std::string Differences(const Object& claims, const Job& job) {
  std::string text;
  for (const Finding& finding : Bind(kGitHub, Signed(claims), job, TokenOrigin::kRequested)) {
    text += finding.evidence.front().field + (Forbids(finding) ? "! " : " ");
  }
  return text;
}

BOOST_AUTO_TEST_SUITE(github)

BOOST_AUTO_TEST_CASE(a_jobs_token_is_one) {
  BOOST_TEST(Summary(CheckJobToken(kGitHub, Signed(Push()))) == "");
}

BOOST_AUTO_TEST_CASE(an_older_servers_token_is_one) {
  Object claims = Push();
  for (const char* name :
       {"repository_id", "actor_id", "workflow_ref", "runner_environment", "ref_protected"}) {
    claims = Without(claims, name);
  }
  BOOST_TEST(Summary(CheckJobToken(kGitHub, Signed(claims))) == "");
  BOOST_TEST(BindSummary(claims, PushJob()) == "");
}

BOOST_AUTO_TEST_CASE(each_claim_that_makes_it_a_jobs_token_is_required) {
  for (const char* name : {"run_id", "run_attempt", "repository", "ref", "sha", "event_name"}) {
    BOOST_TEST(Summary(CheckJobToken(kGitHub, Signed(Without(Push(), name)))) ==
               std::string("REQUIRED_CLAIM_MISSING ") + name);
    BOOST_TEST(Summary(CheckJobToken(kGitHub, Signed(With(Push(), name, Array{})))) ==
               std::string("CLAIM_INVALID ") + name);
    const std::string expected =
        std::string(name) == "ref" ? "" : std::string("CLAIM_INVALID ") + name;
    BOOST_TEST(Summary(CheckJobToken(kGitHub, Signed(With(Push(), name, "")))) == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_ref_that_is_absent_empty_or_another_is_three_things) {
  const Object of_commit = With(Push(), "ref", "");
  Job job = PushJob();
  BOOST_TEST(BindSummary(of_commit, job) == "JOB_MISMATCH ref");
  job.ref = "";
  BOOST_TEST(BindSummary(of_commit, job) == "");
  BOOST_TEST(BindSummary(Push(), job) == "JOB_MISMATCH ref");
  job.ref.reset();
  BOOST_TEST(BindSummary(of_commit, job) == "");
  BOOST_TEST(Summary(CheckJobToken(kGitHub, Signed(Without(Push(), "ref")))) ==
             "REQUIRED_CLAIM_MISSING ref");
}

BOOST_AUTO_TEST_CASE(a_gitlab_token_is_no_github_token) {
  const Object gitlab{{"job_id", "1"}, {"pipeline_id", "2"}, {"ref", "main"}, {"sha", "c0ffee"}};
  BOOST_TEST(Summary(CheckJobToken(kGitHub, Signed(gitlab))) ==
             "REQUIRED_CLAIM_MISSING run_id, REQUIRED_CLAIM_MISSING run_attempt, "
             "REQUIRED_CLAIM_MISSING repository, REQUIRED_CLAIM_MISSING event_name");
}

BOOST_AUTO_TEST_CASE(a_token_binds_to_its_own_job) {
  BOOST_TEST(BindSummary(Push(), PushJob()) == "");
}

BOOST_AUTO_TEST_CASE(each_id_that_differs_is_a_mismatch) {
  struct Row {
    const char* claim;
    std::optional<std::string> Job::*member;
  };
  const Row rows[] = {{"run_id", &Job::run_id},
                      {"run_attempt", &Job::run_attempt},
                      {"repository_id", &Job::repository_id},
                      {"sha", &Job::sha},
                      {"ref", &Job::ref},
                      {"workflow_ref", &Job::workflow_ref},
                      {"actor_id", &Job::actor_id},
                      {"event_name", &Job::event},
                      {"runner_environment", &Job::runner_environment},
                      {"actor_id", &Job::user_id}};
  for (const Row& row : rows) {
    Job job = PushJob();
    job.*row.member = "other";
    BOOST_TEST(BindSummary(Push(), job) == std::string("JOB_MISMATCH ") + row.claim);
  }
}

BOOST_AUTO_TEST_CASE(repositories_are_compared_by_id_and_by_name_where_an_id_is_missing) {
  Job renamed = PushJob();
  renamed.repository = "octo/tool-of-old";
  BOOST_TEST(BindSummary(Push(), renamed) == "");
  Job taken_over = PushJob();
  taken_over.repository_id = "71";
  BOOST_TEST(BindSummary(Push(), taken_over) == "JOB_MISMATCH repository_id");

  const Object no_id = Without(Push(), "repository_id");
  BOOST_TEST(BindSummary(no_id, PushJob()) == "");
  BOOST_TEST(BindSummary(no_id, renamed) == "JOB_MISMATCH repository");
  renamed.repository_id.reset();
  BOOST_TEST(BindSummary(Push(), renamed) == "JOB_MISMATCH repository");
  renamed.repository = "Octo/TOOL";
  BOOST_TEST(BindSummary(Push(), renamed) == "");
  renamed.repository = "octo/tool2";
  BOOST_TEST(BindSummary(Push(), renamed) == "JOB_MISMATCH repository");
}

BOOST_AUTO_TEST_CASE(a_file_of_facts_may_name_the_repository_as_gitlab_does) {
  Job job = PushJob();
  job.repository.reset();
  job.repository_id.reset();
  BOOST_TEST(BindSummary(Push(), job) == "JOB_MISMATCH repository");
  job.project_path = "octo/tool";
  BOOST_TEST(BindSummary(Push(), job) == "");
  job.project_id = "71";
  BOOST_TEST(BindSummary(Push(), job) == "JOB_MISMATCH repository_id");
}

BOOST_AUTO_TEST_CASE(
    details_of_a_token_that_was_requested_for_this_job_are_told_and_forbid_nothing) {
  Job again = PushJob();
  again.sha = "0ldc0ffee";
  again.workflow_ref = "octo/tool/.github/workflows/old.yml@refs/heads/main";
  again.actor_id = "4";
  again.event = "schedule";
  BOOST_TEST(Differences(Push(), again) == "sha workflow_ref actor_id event_name ");
  BOOST_TEST(Summary(Bind(kGitHub, Signed(Push()), again)) ==
             "JOB_MISMATCH sha, JOB_MISMATCH workflow_ref, JOB_MISMATCH actor_id, "
             "JOB_MISMATCH event_name");
  for (auto member : {&Job::repository_id, &Job::run_id, &Job::run_attempt}) {
    Job other = again;
    other.*member = "9";
    const std::string all = Differences(Push(), other);
    BOOST_TEST(all.find("! sha! workflow_ref! actor_id! event_name! ") != all.npos, all);
  }
  // A name is not enough: it may be another repository's by now.
  BOOST_TEST(Differences(Without(Push(), "repository_id"), again) ==
             "sha! workflow_ref! actor_id! event_name! ");
  Job elsewhere = PushJob();
  elsewhere.ref = "refs/heads/other";
  elsewhere.runner_environment = "github-hosted";
  BOOST_TEST(Differences(Push(), elsewhere) == "ref! runner_environment! ");
}

BOOST_AUTO_TEST_CASE(a_token_for_a_hosted_runner_does_not_bind_here) {
  BOOST_TEST(BindSummary(With(Push(), "runner_environment", "github-hosted"), PushJob()) ==
             "JOB_MISMATCH runner_environment");
}

BOOST_AUTO_TEST_CASE(run_attempt_and_repository_must_be_said_by_both) {
  Job without_id = PushJob();
  without_id.repository_id.reset();
  for (auto member : {&Job::run_id, &Job::run_attempt, &Job::repository}) {
    Job job = without_id;
    (job.*member).reset();
    BOOST_TEST(Bind(kGitHub, Signed(Push()), job).size() == 1U);
  }
  for (const char* name : {"run_id", "run_attempt", "repository"}) {
    BOOST_TEST(BindSummary(Without(Push(), name), without_id) ==
               std::string("JOB_MISMATCH ") + name);
  }
}

BOOST_AUTO_TEST_CASE(the_runners_own_word_decides_whether_it_is_a_fork) {
  Job job = PushJob();
  job.fork = true;
  BOOST_TEST(Fork(Push(), job));
  job.fork = false;
  BOOST_TEST(!Fork(With(Push(), "event_name", "pull_request"), job));
}

BOOST_AUTO_TEST_CASE(two_repositories_are_a_fork_whatever_else_is_said) {
  Job job = PushJob();
  job.base_repository = "octo/tool";
  job.head_repository = "mallory/tool";
  BOOST_TEST(Fork(Push(), job));
  job.fork = false;
  BOOST_TEST(Fork(Push(), job));
}

BOOST_AUTO_TEST_CASE(one_repository_for_head_and_base_is_no_fork) {
  Job job = PushJob();
  job.base_repository = "octo/tool";
  job.head_repository = "octo/tool";
  BOOST_TEST(!Fork(With(Push(), "event_name", "pull_request"), job));
}

BOOST_AUTO_TEST_CASE(ids_say_whether_head_and_base_are_one_repository) {
  Job job = PushJob();
  job.base_repository = "octo/tool";
  job.head_repository = "octo/tool-of-old";
  job.base_repository_id = "70";
  job.head_repository_id = "70";
  BOOST_TEST(!Fork(With(Push(), "event_name", "pull_request"), job));
  job.head_repository = "octo/tool";
  job.head_repository_id = "71";
  BOOST_TEST(Fork(With(Push(), "event_name", "pull_request"), job));
  job.head_repository_id.reset();
  job.head_repository = "Octo/Tool";
  BOOST_TEST(!Fork(With(Push(), "event_name", "pull_request"), job));
}

BOOST_AUTO_TEST_CASE(head_repository_of_the_run_before_counts_after_a_pull_request_alone) {
  Job job = PushJob();
  job.event = "workflow_run";
  job.base_repository = job.head_repository = "octo/tool";
  job.fork = false;
  const Object claims = With(Push(), "event_name", "workflow_run");
  for (const char* event : {"pull_request", "push", "schedule", "workflow_dispatch"}) {
    job.event_before = event;
    BOOST_TEST(!Fork(claims, job), event);
  }
  for (const char* event : {"pull_request_target", "pull_request_review", "issue_comment",
                            "workflow_run", "merge_group", "check_suite", ""}) {
    job.event_before = event;
    BOOST_TEST(Fork(claims, job), event);
  }
  job.event_before = "merge_group";
  BOOST_TEST(!Fork(claims, job, {{"merge_group", true}}));
  job.event_before = "push";
  BOOST_TEST(Fork(claims, job, {{"push", false}}));
}

BOOST_AUTO_TEST_CASE(what_the_administrator_says_of_an_event_decides) {
  Job job = PushJob();
  job.event = "issue_comment";
  job.fork = true;
  const Object claims = With(Push(), "event_name", "issue_comment");
  BOOST_TEST(Fork(claims, job));
  BOOST_TEST(!Fork(claims, job, {{"issue_comment", true}}));
  BOOST_TEST(Fork(claims, job, {{"merge_group", true}}));
  BOOST_TEST(!IsFork(kGitHub, nullptr, job, {{"issue_comment", true}}));
  // Neither the token's event nor the runner's clears the job alone.
  BOOST_TEST(Fork(Push(), job, {{"issue_comment", true}}));
  BOOST_TEST(Fork(claims, PushJob(), {{"push", true}}));
  BOOST_TEST(Fork(Push(), PushJob(), {{"push", false}}));
  BOOST_TEST(IsFork(kGitHub, nullptr, Job(), {{"", true}}));
}

BOOST_AUTO_TEST_CASE(without_more_to_go_by_the_event_decides) {
  for (const char* event :
       {"push", "schedule", "workflow_dispatch", "repository_dispatch", "release"}) {
    BOOST_TEST(!Fork(With(Push(), "event_name", event), Job()), event);
  }
  for (const char* event :
       {"pull_request", "pull_request_target", "pull_request_review", "issue_comment",
        "workflow_run", "check_suite", "merge_group", "an_event_of_next_year", "", "Push"}) {
    BOOST_TEST(Fork(With(Push(), "event_name", event), Job()), event);
  }
}

BOOST_AUTO_TEST_CASE(the_tokens_event_counts_before_the_jobs) {
  Job job;
  job.event = "push";
  BOOST_TEST(Fork(With(Push(), "event_name", "workflow_run"), job));
  BOOST_TEST(!IsFork(kGitHub, nullptr, job));
}

BOOST_AUTO_TEST_CASE(a_job_that_says_nothing_counts_as_a_fork) {
  BOOST_TEST(IsFork(kGitHub, nullptr, Job()));
}

BOOST_AUTO_TEST_CASE(facts_come_from_the_token_and_else_from_the_job) {
  Job job = PushJob();
  job.actor = "other";
  job.head_repository = "octo/tool";
  job.base_repository = "octo/tool";
  const SignedToken token = Signed(Without(Push(), "workflow_ref"));
  BOOST_TEST(
      WriteJson(MakeFacts(kGitHub, &token, job)) ==
      R"({"job_name":"build","services":[],"ref_protected":"true","fork":false,"event":"push",)"
      R"("ref":"refs/heads/main","ref_type":"branch",)"
      R"("sha":"c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00","user_id":"3","project_id":"70",)"
      R"("project_path":"octo/tool","head_repository":"octo/tool",)"
      R"("base_repository":"octo/tool",)"
      R"("workflow_ref":"octo/tool/.github/workflows/ci.yml@refs/heads/main","actor":"kim"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
