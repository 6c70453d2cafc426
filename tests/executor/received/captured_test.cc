// Every job and script that was captured from real runners.

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "executor/received/gitlab_env.h"
#include "executor/received/job_response.h"
#include "executor/received/job_script.h"
#include "executor/received/project_folder.h"
#include "tests/support/captured_job.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"
#include "verifier/base/text.h"
#include "verifier/exposure/plan.h"
#include "verifier/exposure/usage.h"

using namespace jobwarden;
using jobwarden::testing::CapturedJob;

namespace {

const std::filesystem::path kFolder = jobwarden::testing::InShared("fixtures/gitlab-runner");

const std::vector<CapturedJob>& CapturedJobs() {
  static const std::vector<CapturedJob> kJobs = jobwarden::testing::LoadCapturedJobs(kFolder);
  return kJobs;
}

std::vector<Issuer> Issuers() {
  Issuer issuer;
  issuer.name = "gitlab";
  issuer.url = "https://gitlab.example.com";
  return {issuer};
}

JobScript ParseScript(const std::string& bytes) {
  auto script = JobScript::Parse(bytes);
  BOOST_REQUIRE_MESSAGE(script, (script ? "" : script.findings().front().message));
  return std::move(*script);
}

JobResponse ParseResponse(const CapturedJob& job) {
  auto response = JobResponse::Parse(
      jobwarden::testing::Slurp((kFolder / job.name / "job-response.json").string()));
  BOOST_REQUIRE_MESSAGE(response,
                        job.name << (response ? "" : response.findings().front().message));
  return std::move(*response);
}

std::map<std::string, std::string> LastValues(const std::vector<Variable>& variables) {
  std::map<std::string, std::string> values;
  for (const Variable& variable : variables) values[variable.name] = variable.value.view();
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(captured)

BOOST_AUTO_TEST_CASE(all_scripts_are_there) {
  std::size_t scripts = 0;
  for (const CapturedJob& job : CapturedJobs()) scripts += job.scripts.size();
  BOOST_TEST(scripts > 100U);
}

BOOST_AUTO_TEST_CASE(the_project_folder_is_found_where_jobs_have_lines) {
  std::size_t found = 0;
  for (const CapturedJob& job : CapturedJobs()) {
    for (const auto& [stage, bytes] : job.scripts) {
      if (stage != "build_script" && stage != "after_script" && !stage.starts_with("step_")) {
        continue;
      }
      const auto folder = ProjectFolder(ParseScript(bytes).commands());
      BOOST_TEST(folder.value_or("nothing") == "/builds/platform/app", job.name << "/" << stage);
      ++found;
    }
  }
  BOOST_TEST(found > 40U);
}

BOOST_AUTO_TEST_CASE(dropping_nothing_gives_the_same_bytes) {
  for (const CapturedJob& job : CapturedJobs()) {
    for (const auto& [stage, bytes] : job.scripts) {
      const JobScript script = ParseScript(bytes);
      const auto same = script.Drop({}, {});
      BOOST_REQUIRE(same);
      BOOST_TEST((same->view() == bytes), job.name << "/" << stage);
    }
  }
}

BOOST_AUTO_TEST_CASE(each_stage_that_reads_gitlab_env_reads_it_guarded) {
  std::size_t guarded = 0;
  for (const CapturedJob& job : CapturedJobs()) {
    for (const auto& [stage, bytes] : job.scripts) {
      const JobScript script = ParseScript(bytes);
      const bool reads = Contains(script.commands(), "GITLAB_ENV");
      const auto commands = WithGuardedGitLabEnv(script.commands());
      BOOST_REQUIRE_MESSAGE(commands, job.name << "/" << stage);
      BOOST_TEST((*commands != script.commands()) == reads, job.name << "/" << stage);
      if (reads) ++guarded;
    }
  }
  BOOST_TEST(guarded > 60U);
}

// The last stage of newer runners exports the paths of file variables and writes no file;
// get_sources of 14.10 exports GIT_LFS_SKIP_SMUDGE right after the variables.
BOOST_AUTO_TEST_CASE(variables_are_what_the_runner_says_they_are) {
  for (const CapturedJob& job : CapturedJobs()) {
    const auto environment = job.environment;
    for (const auto& [stage, bytes] : job.scripts) {
      const JobScript script = ParseScript(bytes);
      const auto values = LastValues(script.variables());
      const bool last = stage.ends_with("file_variables");
      const bool none =
          stage.ends_with("prepare_script") || (last && !job.name.starts_with("19.4"));
      BOOST_TEST(values.empty() == none, job.name << "/" << stage);
      for (const auto& [name, value] : values) {
        const auto known = environment.find(name);
        if (known == environment.end()) {
          BOOST_TEST((name == "GIT_LFS_SKIP_SMUDGE" || name == "RUNNER_TEMP_PROJECT_DIR"),
                     job.name << "/" << stage << ": " << name);
        } else if (last && value.ends_with(".tmp/" + name)) {
          BOOST_TEST((known->second != value), job.name << "/" << stage << ": " << name);
        } else if (name != "CI_JOB_STATUS") {
          BOOST_TEST((known->second == value), job.name << "/" << stage << ": " << name);
        }
      }
      for (const auto& [name, value] : environment) {
        BOOST_TEST((none || values.contains(name) || name == "CI_JOB_SERVICES" ||
                    name.starts_with("CI_DISPOSABLE") || name == "CI_JOB_IMAGE"),
                   job.name << "/" << stage << ": " << name);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_job_response_says_what_a_token_is_bound_to) {
  for (const CapturedJob& job : CapturedJobs()) {
    const JobResponse response = ParseResponse(job);
    const Job& facts = response.job();
    BOOST_TEST(facts.job_id.has_value(), job.name);
    BOOST_TEST((facts.pipeline_id == "574"), job.name);
    BOOST_TEST((facts.runner_id == "12"), job.name);
    BOOST_TEST((facts.project_id == "20"), job.name);
    BOOST_TEST((facts.project_path == "platform/app"), job.name);
    BOOST_TEST((facts.server_url == "https://gitlab.example.com"), job.name);
    BOOST_TEST((facts.sha == "9f2c41d7a3b05e6f8c1d2e3f4a5b6c7d8e9f0a1b"), job.name);
    BOOST_TEST((facts.ref_type == "branch" || facts.ref_type == "tag"), job.name);
    BOOST_TEST(facts.job_name.has_value(), job.name);
    BOOST_TEST(facts.image.has_value() == false, job.name);
    BOOST_TEST(response.job_token().starts_with("glcbt-"), job.name);
    BOOST_TEST(!response.steps().empty(), job.name);
  }
}

// What a job overrides comes after what the server set.
BOOST_AUTO_TEST_CASE(an_overridden_variable_counts_as_the_server_set_it) {
  for (const CapturedJob& job : CapturedJobs()) {
    const JobResponse response = ParseResponse(job);
    if (job.name.ends_with("/odd-values")) {
      BOOST_TEST((response.job().job_id == "402"), job.name);
      BOOST_TEST(LastValues(response.variables())["CI_JOB_ID"] == "999", job.name);
      BOOST_TEST(!response.job().event.has_value(), job.name);
    }
    if (job.name.ends_with("/merge-request-fork")) {
      const auto& source = response.job().merge_request_source_project_id;
      BOOST_TEST((source && source != response.job().project_id), job.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_inventory_of_scripts_is_that_of_the_job_response) {
  for (const CapturedJob& job : CapturedJobs()) {
    const JobResponse response = ParseResponse(job);
    const Inventory whole = TakeInventory(response.variables(), response.job_token(), Issuers());
    BOOST_TEST(whole.tokens.size() >= 2, job.name);
    BOOST_TEST((whole.tokens.front().kind == TokenKind::kJobToken), job.name);
    std::set<std::string> digests;
    for (const Token& token : whole.tokens) {
      BOOST_TEST(digests.insert(token.sha256).second, job.name);
      BOOST_TEST(!token.names.empty(), job.name);
      if (token.kind == TokenKind::kJobToken) continue;
      BOOST_TEST((token.kind == TokenKind::kIdToken), job.name);
      BOOST_TEST(token.issuer == "gitlab", job.name);
      BOOST_TEST(!token.audiences.empty(), job.name);
    }
    for (const auto& [stage, bytes] : job.scripts) {
      const JobScript script = ParseScript(bytes);
      if (script.variables().empty()) continue;
      const Inventory carried = TakeInventory(script.variables(), response.job_token(), Issuers());
      std::set<std::string> of_stage;
      for (const Token& token : carried.tokens) of_stage.insert(token.sha256);
      BOOST_TEST((of_stage == digests), job.name << "/" << stage);
    }
  }
}

BOOST_AUTO_TEST_CASE(unused_tokens_go_from_every_script_and_nothing_else) {
  for (const CapturedJob& job : CapturedJobs()) {
    const JobResponse response = ParseResponse(job);
    for (const auto& [stage, bytes] : job.scripts) {
      const JobScript script = ParseScript(bytes);
      const Inventory inventory =
          TakeInventory(script.variables(), response.job_token(), Issuers());
      const Plan plan = MakePlan(inventory, {script.commands(), ""}, {});
      const std::set<std::string> names = plan.Stripped();
      const auto gone = ValuesGone(inventory, names);
      auto less = script.Drop(names, gone);
      BOOST_REQUIRE_MESSAGE(less, job.name << "/" << stage);
      const auto again = JobScript::Parse(std::string(less->view()));
      BOOST_REQUIRE_MESSAGE(again, job.name << "/" << stage);
      BOOST_TEST(again->commands().ends_with(script.commands()), job.name << "/" << stage);
      std::vector<const Variable*> expected;
      for (const Variable& variable : script.variables()) {
        if (!names.contains(variable.name)) expected.push_back(&variable);
      }
      BOOST_REQUIRE_EQUAL(again->variables().size(), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        BOOST_TEST(again->variables()[i].name == expected[i]->name);
        BOOST_TEST(again->variables()[i].value.view() == expected[i]->value.view());
      }
      for (const std::string_view value : gone) {
        BOOST_TEST((less->view().find(value) == std::string_view::npos), job.name << "/" << stage);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_comment_and_an_echo_do_not_use_a_token) {
  for (const CapturedJob& job : CapturedJobs()) {
    if (!job.name.ends_with("/odd-values")) continue;
    for (const auto& [stage, bytes] : job.scripts) {
      const JobScript script = ParseScript(bytes);
      const Syntax syntax =
          job.name.find("pwsh") == job.name.npos ? Syntax::kShell : Syntax::kPowerShell;
      const Words used =
          UsedWords(script.commands(), {"VAULT_ID_TOKEN", "KUBECONFIG", "sort"}, syntax);
      if (stage.ends_with("build_script")) {
        BOOST_TEST((used == Words{"VAULT_ID_TOKEN", "KUBECONFIG", "sort"}),
                   job.name << "/" << stage);
      }
      if (stage.ends_with("after_script"))
        BOOST_TEST((used == Words{"VAULT_ID_TOKEN"}), job.name << "/" << stage);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
