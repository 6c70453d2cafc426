#include "tests/support/github_job.h"

#include <utility>

namespace jobwarden::testing {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTokenLifetime = 300;

std::string Owner(const std::string& repository) {
  return repository.substr(0, repository.find('/'));
}

std::string RefName(const std::string& ref) {
  for (const char* prefix : {"refs/heads/", "refs/tags/", "refs/pull/"}) {
    if (ref.starts_with(prefix)) return ref.substr(std::string(prefix).size());
  }
  return ref;
}

const char* RefType(const GitHubJob& job) {
  return job.ref.starts_with("refs/tags/") ? "tag" : "branch";
}

Json Repository(const std::string& full_name) {
  return {{"id", full_name == "shop/checkout" ? 61 : 90},
          {"full_name", full_name},
          {"name", full_name.substr(full_name.find('/') + 1)},
          {"owner", {{"login", Owner(full_name)}}},
          {"fork", full_name != "shop/checkout"}};
}

Json PullRequest(const GitHubJob& job, const std::string& from) {
  Json head = {{"ref", "fix-rounding"}, {"sha", job.sha}, {"repo", nullptr}};
  if (!from.empty()) head["repo"] = Repository(from);
  return {{"number", 7},
          {"state", "open"},
          {"title", "Round to the cent"},
          {"head", std::move(head)},
          {"base", {{"ref", "main"}, {"repo", Repository(job.repository)}}}};
}

Json StepMessage(const GitHubStep& step) {
  return {{"name", step.name},
          {"id", step.id},
          {"run", step.run},
          {"shell", step.shell},
          {"main", step.main},
          {"pre", step.pre},
          {"post", step.post},
          {"image", step.image},
          {"condition", step.condition},
          {"env", step.env},
          {"working_directory", step.working_directory},
          {"continue_on_error", step.continue_on_error},
          {"files", step.files}};
}

}  // namespace

GitHubStep Run(std::string script, std::string name) {
  GitHubStep step;
  step.name = std::move(name);
  step.run = std::move(script);
  return step;
}

GitHubStep AlwaysRun(std::string script, std::string name) {
  GitHubStep step = Run(std::move(script), std::move(name));
  step.condition = "always()";
  return step;
}

GitHubStep Action(std::vector<std::string> main, std::string name) {
  GitHubStep step;
  step.name = std::move(name);
  step.main = std::move(main);
  return step;
}

GitHubStep Checkout(std::map<std::string, std::string> files) {
  GitHubStep step;
  step.name = "checkout";
  step.files = std::move(files);
  return step;
}

std::string GitHubJob::workflow_ref() const {
  return repository + "/" + workflow_path + "@" + ref;
}

GitHubJob GitHubDeploy() {
  GitHubJob job;
  job.event = {{"ref", job.ref},
               {"after", job.sha},
               {"repository", Repository(job.repository)},
               {"sender", {{"login", job.actor}}}};
  job.steps = {Run("echo deploying", "deploy")};
  return job;
}

GitHubJob GitHubPullRequest(const std::string& from) {
  GitHubJob job = GitHubDeploy();
  job.event_name = "pull_request";
  job.ref = "refs/pull/7/merge";
  job.ref_protected = false;
  job.head_ref = "fix-rounding";
  job.base_ref = "main";
  job.environment.clear();
  job.event = {{"action", "opened"},
               {"number", 7},
               {"pull_request", PullRequest(job, from)},
               {"repository", Repository(job.repository)}};
  return job;
}

GitHubJob GitHubPullRequestTarget(const std::string& from) {
  GitHubJob job = GitHubPullRequest(from);
  job.event_name = "pull_request_target";
  job.ref = "refs/heads/main";
  job.ref_protected = true;
  return job;
}

GitHubJob GitHubComment() {
  GitHubJob job = GitHubDeploy();
  job.event_name = "issue_comment";
  job.event = {{"action", "created"},
               {"comment", {{"body", "/deploy"}, {"user", {{"login", "mallory"}}}}},
               {"issue", {{"number", 7}, {"pull_request", {{"url", "https://api.example.com"}}}}},
               {"repository", Repository(job.repository)}};
  return job;
}

GitHubJob GitHubMergeGroup() {
  GitHubJob job = GitHubDeploy();
  job.event_name = "merge_group";
  job.ref = "refs/heads/gh-readonly-queue/main/pr-7-" + job.sha;
  job.ref_protected = false;
  job.environment.clear();
  job.event = {{"action", "checks_requested"},
               {"merge_group",
                {{"head_sha", job.sha},
                 {"head_ref", job.ref},
                 {"base_sha", std::string(40, 'b')},
                 {"base_ref", "refs/heads/main"}}},
               {"repository", Repository(job.repository)}};
  return job;
}

GitHubJob GitHubDeploymentOfCommit() {
  GitHubJob job = GitHubDeploy();
  job.event_name = "deployment";
  job.ref.clear();
  job.ref_protected = false;
  job.event = {{"action", "created"},
               {"deployment", {{"sha", job.sha}, {"ref", job.sha}}},
               {"repository", Repository(job.repository)}};
  return job;
}

GitHubJob GitHubWorkflowRun(const std::string& from, const std::string& event) {
  GitHubJob job = GitHubDeploy();
  job.event_name = "workflow_run";
  Json run = {{"id", 9300}, {"event", event}, {"head_repository", nullptr}};
  if (!from.empty()) run["head_repository"] = Repository(from);
  job.event = {{"action", "completed"},
               {"workflow_run", std::move(run)},
               {"repository", Repository(job.repository)}};
  return job;
}

Json Claims(const GitHubJob& job, const std::string& audience, std::time_t issued_at) {
  const std::string subject = job.environment.empty()
                                  ? (job.head_ref.empty() ? "ref:" + job.ref : "pull_request")
                                  : "environment:" + job.environment;
  Json claims = {{"jti", "jti-" + job.run_id + "-" + std::to_string(issued_at)},
                 {"sub", "repo:" + job.repository + ":" + subject},
                 {"aud", audience},
                 {"ref", job.ref},
                 {"sha", job.sha},
                 {"repository", job.repository},
                 {"repository_owner", Owner(job.repository)},
                 {"repository_owner_id", job.repository_owner_id},
                 {"run_id", job.run_id},
                 {"run_number", job.run_number},
                 {"run_attempt", job.run_attempt},
                 {"repository_visibility", "private"},
                 {"repository_id", job.repository_id},
                 {"actor_id", job.actor_id},
                 {"actor", job.actor},
                 {"workflow", job.workflow},
                 {"head_ref", job.head_ref},
                 {"base_ref", job.base_ref},
                 {"event_name", job.event_name},
                 {"ref_protected", job.ref_protected ? "true" : "false"},
                 {"ref_type", RefType(job)},
                 {"workflow_ref", job.workflow_ref()},
                 {"workflow_sha", job.sha},
                 {"job_workflow_ref", job.workflow_ref()},
                 {"job_workflow_sha", job.sha},
                 {"runner_environment", "self-hosted"},
                 {"check_run_id", "4410"}};
  if (!job.environment.empty()) {
    claims["environment"] = job.environment;
    claims["environment_node_id"] = "EN_kwDOA";
  }
  claims.update({{"iss", job.issuer},
                 {"nbf", issued_at - kTokenLifetime},
                 {"exp", issued_at + kTokenLifetime},
                 {"iat", issued_at}});
  claims.merge_patch(job.claims);
  return claims;
}

Environment GitHubVariables(const GitHubJob& job) {
  Environment variables = {{"GITHUB_REPOSITORY", job.repository},
                           {"GITHUB_REPOSITORY_ID", job.repository_id},
                           {"GITHUB_REPOSITORY_OWNER", Owner(job.repository)},
                           {"GITHUB_REPOSITORY_OWNER_ID", job.repository_owner_id},
                           {"GITHUB_RUN_ID", job.run_id},
                           {"GITHUB_RUN_NUMBER", job.run_number},
                           {"GITHUB_RUN_ATTEMPT", job.run_attempt},
                           {"GITHUB_SHA", job.sha},
                           {"GITHUB_REF", job.ref},
                           {"GITHUB_REF_NAME", RefName(job.ref)},
                           {"GITHUB_REF_TYPE", RefType(job)},
                           {"GITHUB_REF_PROTECTED", job.ref_protected ? "true" : "false"},
                           {"GITHUB_HEAD_REF", job.head_ref},
                           {"GITHUB_BASE_REF", job.base_ref},
                           {"GITHUB_EVENT_NAME", job.event_name},
                           {"GITHUB_WORKFLOW", job.workflow},
                           {"GITHUB_WORKFLOW_REF", job.workflow_ref()},
                           {"GITHUB_WORKFLOW_SHA", job.sha},
                           {"GITHUB_JOB", job.name},
                           {"GITHUB_ACTOR", job.actor},
                           {"GITHUB_ACTOR_ID", job.actor_id},
                           {"GITHUB_TRIGGERING_ACTOR", job.actor},
                           {"GITHUB_SERVER_URL", job.server},
                           {"GITHUB_API_URL", "https://api.github.com"},
                           {"GITHUB_GRAPHQL_URL", "https://api.github.com/graphql"},
                           {"GITHUB_RETENTION_DAYS", "90"},
                           {"GITHUB_ACTIONS", "true"},
                           {"CI", "true"}};
  for (const auto& [name, value] : job.variables) variables[name] = value;
  return variables;
}

Json Message(const GitHubJob& job) {
  Json steps = Json::array();
  for (const GitHubStep& step : job.steps) steps.push_back(StepMessage(step));
  Json message = {{"name", job.name},
                  {"repository", job.repository},
                  {"variables", GitHubVariables(job)},
                  {"event", job.event_text.value_or(job.event.dump(1))},
                  {"event_missing", job.event_missing},
                  {"debugger", job.debugger},
                  {"id_token_request_url", job.id_token_request_url},
                  {"id_token_request_token", job.id_token_request_token},
                  {"env", job.env},
                  {"container", nullptr},
                  {"steps", std::move(steps)}};
  if (job.container) {
    message["container"] = {{"image", job.container->image},
                            {"env", job.container->env},
                            {"services", job.container->services}};
  }
  return message;
}

}  // namespace jobwarden::testing
