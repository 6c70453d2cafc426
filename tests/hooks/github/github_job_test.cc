#include "hooks/github/github_job.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "hooks/github/event.h"
#include "tests/hooks/github/environment_of.h"
#include "tests/support/has.h"
#include "tests/support/temp_folder.h"
#include "verifier/provider/provider.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

struct Runner {
  Runner() {
    variables = {{"GITHUB_SERVER_URL", "https://github.com"},
                 {"GITHUB_REPOSITORY", "shop/checkout"},
                 {"GITHUB_REPOSITORY_ID", "61"},
                 {"GITHUB_RUN_ID", "9301"},
                 {"GITHUB_RUN_ATTEMPT", "2"},
                 {"GITHUB_SHA", "4be1"},
                 {"GITHUB_REF", "refs/heads/main"},
                 {"GITHUB_REF_TYPE", "branch"},
                 {"GITHUB_REF_PROTECTED", "true"},
                 {"GITHUB_WORKFLOW_REF", "shop/checkout/.github/workflows/d.yml@refs/heads/main"},
                 {"GITHUB_ACTOR", "kim"},
                 {"GITHUB_ACTOR_ID", "5"},
                 {"GITHUB_JOB", "deploy"},
                 {"GITHUB_EVENT_NAME", "push"}};
  }
  Job Read() const {
    const auto job = ReadGitHubJob(EnvironmentOf(variables));
    BOOST_REQUIRE(job);
    return *job;
  }
  // Whether a job of this event and payload is a fork's, as the whole of jobwarden sees it.
  bool Fork(const std::string& event, const std::string& payload) {
    variables["GITHUB_EVENT_NAME"] = event;
    variables["GITHUB_EVENT_PATH"] = folder.Write("event.json", payload);
    return IsFork(Provider::kGitHub, nullptr, Read());
  }

  TempFolder folder;
  std::map<std::string, std::string> variables;
};

std::string PullRequest(const std::string& head, const std::string& base = "shop/checkout") {
  return R"({"action":"opened","pull_request":{"head":{"ref":"x","repo":)" +
         (head.empty() ? "null" : R"({"id":1,"full_name":")" + head + "\"}") +
         R"(},"base":{"ref":"main","repo":{"full_name":")" + base + R"("}}}})";
}

std::string WorkflowRun(const std::string& head, const std::string& event = "pull_request") {
  return R"({"workflow_run":{"event":")" + event + R"(","head_repository":)" +
         (head.empty() ? "null" : R"({"full_name":")" + head + "\"}") +
         R"(},"repository":{"full_name":"shop/checkout"}})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(github_job)

BOOST_AUTO_TEST_CASE(runner_s_variables_become_the_job) {
  const Job job = Runner().Read();
  BOOST_TEST((job.provider == Provider::kGitHub));
  BOOST_TEST(job.bindable);
  BOOST_TEST(job.server_url.value() == "https://github.com");
  BOOST_TEST(job.repository.value() == "shop/checkout");
  BOOST_TEST(job.repository_id.value() == "61");
  BOOST_TEST(job.run_id.value() == "9301");
  BOOST_TEST(job.run_attempt.value() == "2");
  BOOST_TEST(job.sha.value() == "4be1");
  BOOST_TEST(job.ref.value() == "refs/heads/main");
  BOOST_TEST(job.ref_type.value() == "branch");
  BOOST_TEST(job.ref_protected.value());
  BOOST_TEST(job.workflow_ref.value() == "shop/checkout/.github/workflows/d.yml@refs/heads/main");
  BOOST_TEST(job.actor.value() == "kim");
  BOOST_TEST(job.actor_id.value() == "5");
  BOOST_TEST(job.job_name.value() == "deploy");
  BOOST_TEST(job.event.value() == "push");
  BOOST_TEST(job.runner_environment.value() == "self-hosted");
  BOOST_TEST(!job.image);
  const Object facts = MakeFacts(Provider::kGitHub, nullptr, job);
  BOOST_TEST(facts.Find("services") == nullptr);
}

BOOST_AUTO_TEST_CASE(what_is_empty_is_absent_and_what_a_token_is_bound_to_must_be_there) {
  Runner runner;
  runner.variables["GITHUB_REPOSITORY_ID"] = "";
  BOOST_TEST(!runner.Read().repository_id);
  for (const char* name : {"GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_RUN_ATTEMPT"}) {
    Runner without;
    without.variables.erase(name);
    const auto job = ReadGitHubJob(EnvironmentOf(without.variables));
    BOOST_REQUIRE(!job);
    BOOST_TEST(CodeName(job.findings().front().code) == "JOB_UNREADABLE");
    BOOST_TEST(Has(job.findings().front().message, name));
  }
}

BOOST_AUTO_TEST_CASE(pull_request_is_a_forks_when_its_branch_lies_elsewhere) {
  Runner runner;
  for (const char* event : {"pull_request", "pull_request_target", "pull_request_review",
                            "pull_request_review_comment"}) {
    BOOST_TEST(!runner.Fork(event, PullRequest("shop/checkout")), event);
    BOOST_TEST(runner.Fork(event, PullRequest("mallory/checkout")), event);
    BOOST_TEST(runner.Fork(event, PullRequest("")), event << " of a fork that was deleted");
    BOOST_TEST(runner.Fork(event, PullRequest("mallory/checkout", "mallory/checkout")), event);
  }
}

BOOST_AUTO_TEST_CASE(workflow_run_is_a_forks_when_the_run_before_was) {
  Runner runner;
  BOOST_TEST(!runner.Fork("workflow_run", WorkflowRun("shop/checkout")));
  BOOST_TEST(runner.Fork("workflow_run", WorkflowRun("mallory/checkout")));
  BOOST_TEST(runner.Fork("workflow_run", WorkflowRun("")));
}

BOOST_AUTO_TEST_CASE(workflow_run_is_a_forks_where_the_run_before_cannot_tell) {
  Runner runner;
  for (const char* event : {"push", "schedule", "workflow_dispatch", "pull_request_target"}) {
    BOOST_TEST(!runner.Fork("workflow_run", WorkflowRun("shop/checkout", event)), event);
  }
  // Both run for the base, with what a stranger's branch may have left them.
  for (const char* event : {"issue_comment", "workflow_run", "check_suite", ""}) {
    BOOST_TEST(runner.Fork("workflow_run", WorkflowRun("shop/checkout", event)), event);
  }
}

BOOST_AUTO_TEST_CASE(comment_counts_as_a_forks_where_it_is_on_a_pull_request) {
  Runner runner;
  BOOST_TEST(!runner.Fork("issue_comment", R"({"issue":{"number":7}})"));
  BOOST_TEST(runner.Fork("issue_comment", R"({"issue":{"number":7,"pull_request":{}}})"));
  BOOST_TEST(runner.Fork("issue_comment", R"({"issue":null})"));
  BOOST_TEST(runner.Fork("issue_comment", "{}"));
}

BOOST_AUTO_TEST_CASE(payload_that_cannot_be_read_makes_a_fork_where_the_event_can_come_from_one) {
  Runner runner;
  const std::string good = PullRequest("shop/checkout");
  for (const std::string& bad :
       {std::string(), good.substr(0, good.size() - 1), std::string("[]"), std::string("{}"),
        std::string(R"({"pull_request":7})"), good + good,
        R"({"pull_request":{},)" + good.substr(1), std::string(10'000, '[')}) {
    BOOST_TEST(runner.Fork("pull_request", bad), bad.substr(0, 40));
    BOOST_TEST(!runner.Fork("push", bad), bad.substr(0, 40));
  }
  runner.variables["GITHUB_EVENT_NAME"] = "pull_request";
  for (const std::string& path :
       {std::string(), runner.folder / "absent", std::string("event.json"), runner.folder.path()}) {
    runner.variables["GITHUB_EVENT_PATH"] = path;
    BOOST_TEST(IsFork(Provider::kGitHub, nullptr, runner.Read()), path);
  }
  const std::string fifo = runner.folder / "fifo";
  BOOST_REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  runner.variables["GITHUB_EVENT_PATH"] = fifo;
  BOOST_TEST(IsFork(Provider::kGitHub, nullptr, runner.Read()));
}

BOOST_AUTO_TEST_CASE(payload_over_the_limit_is_none) {
  Runner runner;
  std::string big = PullRequest("shop/checkout");
  big.insert(1, "\"body\":\"" + std::string(kMaxEventBytes, 'x') + "\",");
  BOOST_TEST(runner.Fork("pull_request", big));
}

BOOST_AUTO_TEST_SUITE_END()
