#include "tests/support/runner_job.h"

#include <algorithm>

namespace jobwarden::testing {
namespace {

using Json = nlohmann::ordered_json;

std::vector<Variable> FromResponse(const RunnerJob& job) {
  std::vector<Variable> variables;
  for (const Json& item : job.response.at("variables")) {
    variables.push_back({item.at("key"), item.at("value"), item.value("file", false),
                         item.value("raw", false), item.value("masked", false)});
  }
  return variables;
}

const Json* FindStep(const RunnerJob& job, std::string_view name) {
  for (const Json& step : job.response.at("steps")) {
    if (step.at("name") == name) {
      return &step;
    }
  }
  return nullptr;
}

bool Has(const RunnerJob& job, const char* list) {
  const auto it = job.response.find(list);
  return it != job.response.end() && it->is_array() && !it->empty();
}

// The runner expands variables in the lines of every step but the job's own two.
std::vector<std::string> Lines(const RunnerJob& job, const std::string& step_name,
                               std::vector<Variable> variables, const std::string& temporary_dir) {
  const Json* step = FindStep(job, step_name);
  std::vector<std::string> lines = step->at("script").get<std::vector<std::string>>();
  if (step_name == "script" || step_name == "after_script") {
    return lines;
  }
  for (std::string& line : lines) {
    variables.push_back({"", line});
    line = Expand(variables, job.runner, temporary_dir).back().value;
    variables.pop_back();
  }
  return lines;
}

void CleanUp(const RunnerJob& job, const std::vector<Variable>& variables,
             const std::string& temporary_dir, ScriptWriter& writer) {
  if (job.runner == Runner::k19_4) {
    writer.Variables(variables, temporary_dir, true);
    for (const char* file :
         {"gitlab_runner_env", "masking.db", ".gitlab-runner.ext.conf", ".glr.gconf"}) {
      writer.RemoveFile(temporary_dir + "/" + file);
    }
  }
  for (const Variable& variable : variables) {
    if (variable.file) {
      writer.RemoveFile(temporary_dir + "/" + variable.key);
    }
  }
}

}  // namespace

std::string ProjectDir(const RunnerJob& job, const Folders& folders) {
  const std::string url = job.response.at("git_info").at("repo_url");
  const auto path = url.find('/', url.find("://") + 3);
  const std::string own = folders.builds_dir_is_shared ? "/" + job.short_token + "/0" : "";
  return folders.builds_dir + own +
         url.substr(path, url.size() - path - std::string(".git").size());
}

std::string TemporaryDir(const RunnerJob& job, const Folders& folders) {
  return ProjectDir(job, folders) + ".tmp";
}

std::vector<Variable> AllVariables(const RunnerJob& job, const Folders& folders,
                                   std::string_view status) {
  const bool oldest = job.runner == Runner::k14_10;
  std::vector<Variable> from_server = FromResponse(job);
  std::vector<Variable> all = job.features;
  // The newest runner says once what the job set, older ones their own value first.
  for (Variable& feature : all) {
    const Variable* set = FindLast(from_server, feature.key);
    if (set != nullptr && job.runner == Runner::k19_4) {
      feature.value = set->value;
      std::erase_if(from_server, [&](const Variable& v) { return v.key == feature.key; });
    }
  }
  all.insert(all.end(), {{"CI_RUNNER_SHORT_TOKEN", job.short_token},
                         {"CI_BUILDS_DIR", folders.builds_dir},
                         {"CI_PROJECT_DIR", ProjectDir(job, folders)},
                         {"CI_CONCURRENT_ID", "0"},
                         {"CI_CONCURRENT_PROJECT_ID", "0"},
                         {"CI_SERVER", "yes"},
                         {"CI_JOB_STATUS", std::string(status)}});
  if (!oldest) {
    const int timeout = job.response.at("runner_info").at("timeout");
    all.push_back({"CI_JOB_TIMEOUT", std::to_string(timeout)});
  }
  all.insert(all.end(), from_server.begin(), from_server.end());
  all.insert(all.end(), {{"CI_SHARED_ENVIRONMENT", "true"},
                         {"CI_RUNNER_VERSION", job.version},
                         {"CI_RUNNER_REVISION", job.revision},
                         {"CI_RUNNER_EXECUTABLE_ARCH", "linux/amd64"}});
  all.insert(all.end(), job.secrets.begin(), job.secrets.end());
  if (!oldest) {
    all.push_back({"RUNNER_TEMP_PROJECT_DIR", TemporaryDir(job, folders)});
  }
  return Expand(all, job.runner, TemporaryDir(job, folders));
}

std::map<std::string, std::string> CustomEnvironment(const RunnerJob& job, const Folders& folders) {
  std::map<std::string, std::string> environment;
  for (const Variable& variable : AllVariables(job, folders)) {
    environment[variable.key] = variable.value;
  }
  environment["CI_JOB_SERVICES"] = Has(job, "services") ? job.response.at("services").dump() : "";
  return environment;
}

std::vector<std::string> StagesOfJob(const RunnerJob& job) {
  std::vector<std::string> stages = {"prepare_script", "get_sources"};
  if (Has(job, "cache")) {
    stages.emplace_back("restore_cache");
  }
  if (Has(job, "dependencies")) {
    stages.emplace_back("download_artifacts");
  }
  for (const Json& step : job.response.at("steps")) {
    const std::string name = step.at("name");
    if (name != "after_script") {
      stages.push_back(name == "script" ? "build_script" : "step_" + name);
    }
  }
  return stages;
}

std::vector<std::string> StagesAfterJob(const RunnerJob& job, bool succeeded) {
  std::vector<std::string> stages;
  if (FindStep(job, "after_script") != nullptr) {
    stages.emplace_back("after_script");
  }
  if (Has(job, "cache")) {
    stages.emplace_back(succeeded ? "archive_cache" : "archive_cache_on_failure");
  }
  if (Has(job, "artifacts")) {
    stages.emplace_back(succeeded ? "upload_artifacts_on_success" : "upload_artifacts_on_failure");
  }
  const std::vector<Variable> variables = AllVariables(job, {});
  const bool files = std::any_of(variables.begin(), variables.end(),
                                 [](const Variable& variable) { return variable.file; });
  if (files || job.runner == Runner::k19_4) {
    stages.emplace_back("cleanup_file_variables");
  }
  return stages;
}

std::string ScriptOf(const RunnerJob& job, const Folders& folders, const std::string& stage,
                     std::string_view status) {
  if (const auto given = job.scripts.find(stage); given != job.scripts.end()) {
    return given->second;
  }
  const std::vector<Variable> variables = AllVariables(job, folders, status);
  const std::string temporary_dir = TemporaryDir(job, folders);
  ScriptWriter writer(job.runner, job.shell, variables);
  if (stage == "prepare_script") {
    writer.Line(job.shell == Shell::kPwsh ? R"(echo "Running on $([Environment]::MachineName)...")"
                                          : R"(echo "Running on $(hostname)...")");
    if (job.runner == Runner::k19_4) {
      writer.RemoveFile(temporary_dir + "/gitlab_runner_env");
      writer.RemoveFile(temporary_dir + "/masking.db");
    }
    return writer.Script();
  }
  if (stage == "cleanup_file_variables") {
    CleanUp(job, variables, temporary_dir, writer);
    return writer.Script();
  }
  writer.Variables(variables, temporary_dir);
  if (stage == "get_sources") {
    writer.Notice("Fetching changes with git depth set to 20...");
    writer.Line("mkdir -p \"" + ProjectDir(job, folders) + "\"");
    return writer.Script();
  }
  writer.ChangeFolder(ProjectDir(job, folders));
  if (stage == "build_script") {
    writer.Commands(Lines(job, "script", variables, temporary_dir));
  } else if (stage == "after_script") {
    writer.Notice("Running after script...");
    writer.Commands(Lines(job, "after_script", variables, temporary_dir));
  } else if (stage.starts_with("step_")) {
    writer.Commands(Lines(job, stage.substr(5), variables, temporary_dir));
  } else {
    writer.Notice("Nothing to do in " + stage);
  }
  return writer.Script();
}

}  // namespace jobwarden::testing
