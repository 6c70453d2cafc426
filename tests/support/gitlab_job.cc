#include "tests/support/gitlab_job.h"

#include <cstdlib>
#include <iostream>

namespace jobwarden::testing {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTimeout = 3600;

std::string Text(std::int64_t number) {
  return std::to_string(number);
}
std::string Text(bool value) {
  return value ? "true" : "false";
}

std::string Host(const std::string& url) {
  return url.substr(url.find("://") + 3);
}

std::string LastPart(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string Namespace(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

// The branch that a token names: of a merge request, its source.
std::string Branch(const Job& job) {
  return job.merge_request ? job.merge_request->source_branch : job.ref;
}

std::string RefOfCheckout(const Job& job) {
  if (!job.merge_request) {
    return job.ref;
  }
  return job.merge_request->event_type == "detached" ? "refs/merge-requests/7/head"
                                                     : "refs/merge-requests/7/merge";
}

std::string RepositoryUrl(const Job& job) {
  return "https://gitlab-ci-token:" + job.job_token + "@" + Host(job.server) + "/" +
         job.project_path + ".git";
}

void AddServerVariables(const Job& job, std::vector<Variable>& to) {
  const std::string project_url = job.server + "/" + job.project_path;
  to.insert(to.end(), {{"CI_PIPELINE_ID", Text(job.pipeline_id)},
                       {"CI_PIPELINE_URL", project_url + "/-/pipelines/" + Text(job.pipeline_id)},
                       {"CI_JOB_ID", Text(job.id)},
                       {"CI_JOB_URL", project_url + "/-/jobs/" + Text(job.id)},
                       {"CI_JOB_TOKEN", job.job_token, false, false, true},
                       {"CI_REGISTRY_USER", "gitlab-ci-token"},
                       {"CI_REGISTRY_PASSWORD", job.job_token, false, false, true},
                       {"CI_REPOSITORY_URL", RepositoryUrl(job)},
                       {"CI_JOB_NAME", "deploy"},
                       {"CI_JOB_STAGE", "deploy"},
                       {"CI", "true"},
                       {"GITLAB_CI", "true"},
                       {"CI_SERVER_URL", job.server},
                       {"CI_SERVER_HOST", Host(job.server)},
                       {"CI_SERVER_FQDN", Host(job.server)},
                       {"CI_SERVER_VERSION", "18.5.1-ee"},
                       {"CI_PROJECT_ID", Text(job.project_id)},
                       {"CI_PROJECT_NAME", LastPart(job.project_path)},
                       {"CI_PROJECT_PATH", job.project_path},
                       {"CI_PROJECT_NAMESPACE", Namespace(job.project_path)},
                       {"CI_PROJECT_URL", project_url},
                       {"CI_DEFAULT_BRANCH", "main"},
                       {"CI_REGISTRY", "registry.example.com"},
                       {"CI_API_V4_URL", job.server + "/api/v4"},
                       {"CI_PIPELINE_SOURCE", job.source},
                       {"CI_COMMIT_SHA", job.sha},
                       {"CI_COMMIT_SHORT_SHA", job.sha.substr(0, 8)},
                       {"CI_COMMIT_REF_NAME", Branch(job)},
                       {"CI_COMMIT_MESSAGE", "Round to the cent\n\nHalf of $1 isn't \"0.49\".\n"},
                       {"CI_COMMIT_REF_PROTECTED", Text(job.ref_protected)}});
  if (job.merge_request) {
    const MergeRequest& request = *job.merge_request;
    to.insert(to.end(), {{"CI_MERGE_REQUEST_IID", "7"},
                         {"CI_MERGE_REQUEST_REF_PATH", RefOfCheckout(job)},
                         {"CI_MERGE_REQUEST_PROJECT_ID", Text(job.project_id)},
                         {"CI_MERGE_REQUEST_PROJECT_PATH", job.project_path},
                         {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID", Text(request.source_project_id)},
                         {"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", request.source_project_path},
                         {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", request.source_branch},
                         {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"},
                         {"CI_MERGE_REQUEST_EVENT_TYPE", request.event_type}});
  } else {
    to.push_back({job.ref_type == "tag" ? "CI_COMMIT_TAG" : "CI_COMMIT_BRANCH", job.ref});
  }
  if (!job.environment.empty()) {
    to.insert(to.end(),
              {{"CI_ENVIRONMENT_NAME", job.environment}, {"CI_ENVIRONMENT_TIER", "production"}});
  }
  to.insert(to.end(), {{"CI_RUNNER_ID", Text(job.runner_id)},
                       {"CI_RUNNER_DESCRIPTION", "deploys"},
                       {"CI_RUNNER_TAGS", R"(["deploy"])"}});
}

Json JobInfo(const Job& job) {
  Json info = {{"name", "deploy"},
               {"stage", "deploy"},
               {"project_id", job.project_id},
               {"project_name", LastPart(job.project_path)}};
  if (job.runner == Runner::k19_4) {
    info.update({{"pipeline_id", job.pipeline_id},
                 {"project_full_path", job.project_path},
                 {"namespace_id", 3},
                 {"root_namespace_id", 3},
                 {"user_id", job.user_id}});
  }
  return info;
}

Json GitInfo(const Job& job) {
  Json info = {{"repo_url", RepositoryUrl(job)},
               {"ref", RefOfCheckout(job)},
               {"sha", job.sha},
               {"before_sha", std::string(40, '0')},
               {"ref_type", job.ref_type},
               {"refspecs", {"+refs/heads/" + Branch(job) + ":refs/remotes/origin/" + Branch(job)}},
               {"depth", 20}};
  if (job.runner == Runner::k19_4) {
    info["protected"] = job.ref_protected;
  }
  return info;
}

Json Step(const char* name, const std::vector<std::string>& script, bool always) {
  return {{"name", name},
          {"script", script},
          {"timeout", kTimeout},
          {"when", always ? "always" : "on_success"},
          {"allow_failure", always}};
}

Json Steps(const Job& job) {
  Json steps = {Step("script", job.script, false)};
  if (!job.release.empty()) {
    steps.push_back(Step("release", job.release, false));
  }
  if (!job.after_script.empty()) {
    steps.push_back(Step("after_script", job.after_script, true));
  }
  return steps;
}

const char* Version(Runner runner) {
  switch (runner) {
    case Runner::k14_10:
      return "14.10.0";
    case Runner::k17_2:
      return "17.2.0";
    case Runner::k19_4:
      return "19.4.0";
  }
  return "";
}

}  // namespace

IdToken& Job::Token(const std::string& name) {
  for (IdToken& token : id_tokens) {
    if (token.name == name) {
      return token;
    }
  }
  std::cerr << "the job has no id_token " << name << "\n";
  std::abort();
}

Job ProtectedDeploy() {
  Job job;
  job.id_tokens = {{"JOBWARDEN_ID_TOKEN", {kRunnerAudience}},
                   {"VAULT_ID_TOKEN", {kVaultAudience}},
                   {"PYPI_STAGING_ID_TOKEN", {"pypi-staging"}}};
  job.script = {"echo deploying", R"(test -n "$VAULT_ID_TOKEN")"};
  return job;
}

Job FeatureBranchDeploy() {
  Job job = ProtectedDeploy();
  job.ref = "feature/faster-checkout";
  job.ref_protected = false;
  return job;
}

Job ForkMergeRequestDeploy() {
  Job job = ProtectedDeploy();
  job.source = "merge_request_event";
  job.ref_protected = false;
  job.merge_request = MergeRequest{"main", 77, "mallory/checkout", "detached"};
  return job;
}

Json Claims(const Job& job, const IdToken& token, std::time_t issued_at) {
  const bool from_fork =
      job.merge_request && job.merge_request->source_project_id != job.project_id;
  const std::string path = from_fork ? job.merge_request->source_project_path : job.project_path;
  const std::int64_t project = from_fork ? job.merge_request->source_project_id : job.project_id;
  const std::string ref_path = (job.ref_type == "tag" ? "refs/tags/" : "refs/heads/") + Branch(job);
  Json claims = {
      {"namespace_id", from_fork ? "9" : "3"},
      {"namespace_path", Namespace(path)},
      {"project_id", Text(project)},
      {"project_path", path},
      {"user_id", Text(job.user_id)},
      {"user_login", job.user_login},
      {"user_email", job.user_login + "@example.com"},
      {"user_access_level", "maintainer"},
      {"user_identities", Json::array({{{"provider", "saml"}, {"extern_uid", "u-5"}}})},
      {"pipeline_id", Text(job.pipeline_id)},
      {"pipeline_source", job.source},
      {"job_id", Text(job.id)},
      {"ref", Branch(job)},
      {"ref_type", job.ref_type},
      {"ref_path", ref_path},
      {"ref_protected", Text(job.ref_protected)},
      {"groups_direct", {"shop", "platform"}},
      {"runner_id", job.runner_id},
      {"runner_environment", "self-hosted"},
      {"sha", job.sha},
      {"project_visibility", "private"},
      {"ci_config_ref_uri", Host(job.server) + "/" + path + "//.gitlab-ci.yml@" + ref_path},
      {"ci_config_sha", job.sha},
      {"job_source", "pipeline"},
      {"job_config", {{"url", job.server + "/" + path}, {"sha", job.sha}}}};
  if (job.server_sends_job_project) {
    claims.update({{"job_project_id", Text(job.project_id)},
                   {"job_project_path", job.project_path},
                   {"job_namespace_id", "3"},
                   {"job_namespace_path", Namespace(job.project_path)}});
  }
  if (!job.environment.empty()) {
    claims.update({{"environment", job.environment},
                   {"environment_protected", "true"},
                   {"deployment_tier", "production"},
                   {"environment_action", "start"}});
  }
  claims.update(
      {{"jti", "jti-" + Text(job.id) + "-" + token.name},
       {"iat", issued_at},
       {"nbf", issued_at - 5},
       {"exp", issued_at + kTimeout},
       {"iss", job.server},
       {"sub", "project_path:" + path + ":ref_type:" + job.ref_type + ":ref:" + Branch(job)}});
  claims["aud"] = token.audiences.size() == 1 ? Json(token.audiences[0]) : Json(token.audiences);
  claims.merge_patch(token.claims);
  return claims;
}

std::string TokenText(const Job& job, const IdToken& token, const Signer& signer,
                      std::time_t issued_at) {
  return token.value.empty() ? signer.Sign(Claims(job, token, issued_at).dump()) : token.value;
}

RunnerJob Send(const Job& job, const Signer& signer, std::time_t issued_at) {
  std::vector<Variable> variables;
  AddServerVariables(job, variables);
  variables.insert(variables.end(), job.predefined.begin(), job.predefined.end());
  for (const IdToken& token : job.id_tokens) {
    variables.push_back({token.name, TokenText(job, token, signer, issued_at), false, false, true});
  }
  variables.insert(variables.end(), job.variables.begin(), job.variables.end());
  variables.insert(variables.end(),
                   {{"GITLAB_USER_ID", Text(job.user_id)}, {"GITLAB_USER_LOGIN", job.user_login}});

  RunnerJob sent;
  sent.runner = job.runner;
  sent.shell = job.shell;
  sent.version = Version(job.runner);
  sent.features = {
      {"FF_NETWORK_PER_BUILD", "false"},
      {"FF_USE_DIRECT_DOWNLOAD", "true"},
      {"FF_POSIXLY_CORRECT_ESCAPES", "false"},
      {job.runner == Runner::k19_4 ? "FF_USE_LEGACY_BASH_EVAL" : "FF_USE_NEW_BASH_EVAL_STRATEGY",
       "false"}};
  Json& response = sent.response;
  response = {{"id", job.id},
              {"token", job.job_token},
              {"allow_git_fetch", true},
              {"job_info", JobInfo(job)},
              {"git_info", GitInfo(job)},
              {"runner_info", {{"timeout", kTimeout}}},
              {"variables", Json::array()},
              {"steps", Steps(job)},
              {"image", {{"name", job.image}}},
              {"services", Json::array()},
              {"artifacts", Json::array()},
              {"cache", Json::array()},
              {"credentials",
               {{{"type", "registry"},
                 {"url", "registry.example.com"},
                 {"username", "gitlab-ci-token"},
                 {"password", job.job_token}}}},
              {"dependencies", Json::array()},
              {"features", {{"trace_sections", true}}}};
  for (const Variable& variable : variables) {
    response["variables"].push_back({{"key", variable.key},
                                     {"value", variable.value},
                                     {"public", !variable.masked},
                                     {"file", variable.file},
                                     {"masked", variable.masked},
                                     {"raw", variable.raw}});
  }
  return sent;
}

}  // namespace jobwarden::testing
