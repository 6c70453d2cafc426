#include "executor/job_input.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/exposure/plan.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// Calls `each` with the name and the value of each variable of the job.
template <class Each>
void ForEachVariable(const Environment& environment, const Each& each) {
  constexpr std::string_view kPrefix = "CUSTOM_ENV_";
  const auto& all = environment.variables();
  for (auto it = all.lower_bound(kPrefix); it != all.end() && it->first.starts_with(kPrefix);
       ++it) {
    each(std::string_view(it->first).substr(kPrefix.size()), it->second.view());
  }
}

Inventory Take(const std::vector<Variable>& variables, std::string_view job_token,
               const std::vector<JobResponse::SecretName>& secrets, const Environment& environment,
               const Config& config) {
  std::vector<VariableView> carried;
  carried.reserve(variables.size() + environment.variables().size());
  std::unordered_set<std::string_view> files;
  TokenNames named{{}, config.exposure.rules};
  for (const JobResponse::SecretName& secret : secrets) {
    named.secrets.push_back(secret.name);
    if (secret.file) files.insert(secret.name);
  }
  for (const Variable& variable : variables) {
    carried.push_back({variable.name, variable.value.view(), variable.file});
    if (variable.file) files.insert(variable.name);
  }
  // These variables come last: where a name appears twice, they have the value that the job gets,
  // and the content of a file even in the stage whose script has the file's path alone.
  ForEachVariable(environment, [&](std::string_view name, std::string_view value) {
    carried.push_back({name, value, files.contains(name)});
  });
  return TakeInventory(carried, job_token, config.issuers, named);
}

// What to say to a person who starts the driver by hand, most likely to check a configuration.
constexpr std::string_view kByHand =
    "GitLab Runner starts jobwarden-executor; to check a configuration by hand, run `jobwarden "
    "config check`";

}  // namespace

Result<std::string> JobFolder(const Environment& environment) {
  const std::string_view folder = environment.Get("TMPDIR");
  if (folder.starts_with('/')) return std::string(folder);
  return Finding{Code::kDriverFailed,
                 "TMPDIR: expected the folder of this job, got " + Quote(folder),
                 std::string(kByHand)};
}

Result<JobResponse> ReadJobResponse(const Environment& environment) {
  const std::string path(environment.Get("JOB_RESPONSE_FILE"));
  if (path.empty()) {
    const bool by_hand = environment.Get("BUILD_FAILURE_EXIT_CODE").empty();
    return Finding{Code::kJobUnreadable, "JOB_RESPONSE_FILE: expected a file, got nothing",
                   by_hand ? std::string(kByHand) : "GitLab Runner 14.1 or newer is needed"};
  }
  auto bytes = ReadFile(path, kMaxJobResponseBytes, Code::kJobUnreadable, "job response");
  if (!bytes) return std::move(bytes).findings();
  auto response = JobResponse::Parse(*bytes);
  Wipe(*bytes);
  return response;
}

Inventory TakeJobInventory(const std::vector<Variable>& variables, const JobResponse& response,
                           const Environment& environment, const Config& config) {
  return Take(variables, response.job_token(), response.secrets(), environment, config);
}

Inventory TakeJobInventory(const std::vector<Variable>& variables, const Environment& environment,
                           const Config& config) {
  return Take(variables, environment.Get("CUSTOM_ENV_CI_JOB_TOKEN"), {}, environment, config);
}

ReceivedJob ReceiveJob(const Environment& environment, const Config& config) {
  ReceivedJob job;
  auto response = ReadJobResponse(environment);
  if (!response) {
    job.problems = std::move(response).findings();
    return job;
  }
  job.response = *std::move(response);
  job.inventory = TakeJobInventory(job.response->variables(), *job.response, environment, config);
  if (auto limited = LimitTokens(job.inventory); !limited) {
    job.problems = std::move(limited).findings();
  }
  return job;
}

Status LimitTokens(Inventory& inventory) {
  auto counted = CheckTokenCount(inventory);
  if (!counted)
    inventory.tokens.erase(inventory.tokens.begin() + kMaxTokens, inventory.tokens.end());
  return counted;
}

std::vector<VariableView> JobTexts(const Environment& environment, const Inventory& inventory) {
  std::vector<VariableView> variables;
  ForEachVariable(environment, [&](std::string_view name, std::string_view value) {
    variables.push_back({name, value});
  });
  return TextVariables(variables, inventory);
}

bool FeatureIsOn(const Environment& environment, std::string_view name) {
  constexpr std::string_view kTrue[] = {"1", "t", "T", "true", "TRUE", "True"};
  const std::string_view value = environment.Get("CUSTOM_ENV_" + std::string(name));
  return std::find(std::begin(kTrue), std::end(kTrue), value) != std::end(kTrue);
}

}  // namespace jobwarden
