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

// The repository with this name; null where that is empty. With an id where one is given.
std::string Repo(const std::string& name, const std::string& id = "") {
  if (name.empty()) return "null";
  return "{" + (id.empty() ? "" : "\"id\":" + id + ",") + R"("full_name":")" + name + "\"}";
}

std::string PullRequestOf(const std::string& head, const std::string& base) {
  return R"({"action":"opened","pull_request":{"head":{"ref":"x","repo":)" + head +
         R"(},"base":{"ref":"main","repo":)" + base + "}}}";
}

std::string PullRequest(const std::string& head, const std::string& base = "shop/checkout") {
  return PullRequestOf(Repo(head), Repo(base));
}

std::string WorkflowRun(const std::string& head, const std::string& event = "pull_request") {
  return R"({"workflow_run":{"event":")" + event + R"(","head_repository":)" + Repo(head) +
         R"(},"repository":)" + Repo("shop/checkout") + "}";
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
  BOOST_TEST((job.token_origin == TokenOrigin::kRequested));
  BOOST_TEST(!job.image);
  const Object facts = MakeFacts(Provider::kGitHub, nullptr, job);
  BOOST_TEST(facts.Find("services") == nullptr);
}

BOOST_AUTO_TEST_CASE(what_is_empty_is_absent_and_what_a_token_is_bound_to_must_be_there) {
  Runner runner;
  runner.variables["GITHUB_REPOSITORY_ID"] = "";
  BOOST_TEST(!runner.Read().repository_id);
  // A deployment of a commit has an empty ref, which is not the same as none.
  runner.variables["GITHUB_REF"] = "";
  BOOST_TEST(runner.Read().ref.value() == "");
  runner.variables.erase("GITHUB_REF");
  BOOST_TEST(!runner.Read().ref);
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

BOOST_AUTO_TEST_CASE(ids_say_whose_the_branch_is_where_there_are_ids) {
  Runner runner;
  const auto fork = [&](const std::string& head, const std::string& base) {
    return runner.Fork("pull_request", PullRequestOf(head, base));
  };
  const std::string here = Repo("shop/checkout", "61");
  BOOST_TEST(!fork(here, here));
  BOOST_TEST(fork(Repo("mallory/checkout", "90"), here));
  BOOST_TEST(fork(Repo("shop/checkout", "90"), here));
  BOOST_TEST(fork(Repo("shop/checkout", "90"), Repo("shop/checkout", "90")));
  // The repository has been renamed since the first attempt.
  BOOST_TEST(!fork(Repo("shop/checkout-of-old", "61"), Repo("shop/checkout-of-old", "61")));
  BOOST_TEST(!fork(Repo("Shop/Checkout"), here));
  BOOST_TEST(fork(R"({"id":61.5,"full_name":"mallory/checkout"})", here));
  BOOST_TEST(fork("{}", here));
  BOOST_TEST(fork("{}", "{}"));
  runner.variables["GITHUB_REPOSITORY_ID"] = "";
  BOOST_TEST(!fork(here, here));
  BOOST_TEST(fork(Repo("shop/checkout-of-old", "61"), Repo("shop/checkout-of-old", "61")));
}

BOOST_AUTO_TEST_CASE(workflow_run_is_a_forks_when_the_run_before_was) {
  Runner runner;
  BOOST_TEST(!runner.Fork("workflow_run", WorkflowRun("shop/checkout")));
  BOOST_TEST(runner.Fork("workflow_run", WorkflowRun("mallory/checkout")));
  BOOST_TEST(runner.Fork("workflow_run", WorkflowRun("")));
}

BOOST_AUTO_TEST_CASE(workflow_run_is_a_forks_where_the_run_before_cannot_tell) {
  Runner runner;
  for (const char* event : {"push", "schedule", "workflow_dispatch", "pull_request"}) {
    BOOST_TEST(!runner.Fork("workflow_run", WorkflowRun("shop/checkout", event)), event);
  }
  // All run for the base, with what a stranger's branch may have left them.
  for (const char* event : {"pull_request_target", "pull_request_review", "issue_comment",
                            "merge_group", "workflow_run", "check_suite", ""}) {
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
    BOOST_TEST(Has(runner.Read().owner_unread, "event payload"), bad.substr(0, 40));
    BOOST_TEST(!runner.Fork("push", bad), bad.substr(0, 40));
    BOOST_TEST(runner.Read().owner_unread == "");
  }
  for (const char* event : {"workflow_run", "issue_comment"}) {
    BOOST_TEST(runner.Fork(event, good), event);
    BOOST_TEST(Has(runner.Read().owner_unread, std::string("GitHub sends for ") + event));
  }
  runner.variables["GITHUB_EVENT_NAME"] = "pull_request";
  for (const std::string& path :
       {std::string(), runner.folder / "absent", std::string("event.json"), runner.folder.path()}) {
    runner.variables["GITHUB_EVENT_PATH"] = path;
    BOOST_TEST(IsFork(Provider::kGitHub, nullptr, runner.Read()), path);
    BOOST_TEST(runner.Read().owner_unread != "", path);
  }
  const std::string fifo = runner.folder / "fifo";
  BOOST_REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  runner.variables["GITHUB_EVENT_PATH"] = fifo;
  BOOST_TEST(IsFork(Provider::kGitHub, nullptr, runner.Read()));
  BOOST_TEST(Has(runner.Read().owner_unread, "fifo"));
}

BOOST_AUTO_TEST_CASE(payload_up_to_the_limit_is_read) {
  Runner runner;
  std::string big = PullRequest("shop/checkout");
  const std::string body = "\"body\":\"\",";
  big.insert(1, body);
  big.insert(body.size() - 1, kMaxEventBytes - big.size(), 'x');
  BOOST_TEST(big.size() == kMaxEventBytes);
  BOOST_TEST(!runner.Fork("pull_request", big));
  BOOST_TEST(runner.Read().owner_unread == "");
  big.insert(body.size() - 1, 1, 'x');
  BOOST_TEST(runner.Fork("pull_request", big));
  BOOST_TEST(Has(runner.Read().owner_unread, "8388608"));
}

BOOST_AUTO_TEST_SUITE_END()
