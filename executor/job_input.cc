#include "executor/job_input.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {

Result<std::string> JobFolder(const Environment& environment) {
  const std::string_view folder = environment.Get("TMPDIR");
  if (folder.starts_with('/')) return std::string(folder);
  return Finding{Code::kDriverFailed,
                 "TMPDIR: expected the folder of this job, got " + Quote(folder),
                 "jobwarden-executor is to be started by GitLab Runner's custom executor"};
}

Result<JobResponse> ReadJobResponse(const Environment& environment) {
  const std::string path(environment.Get("JOB_RESPONSE_FILE"));
  if (path.empty()) {
    return Finding{Code::kJobUnreadable, "JOB_RESPONSE_FILE: expected a file, got nothing",
                   "GitLab Runner 14.1 or newer is needed"};
  }
  auto bytes = ReadFile(path, kMaxJobResponseBytes, Code::kJobUnreadable, "job response");
  if (!bytes) return std::move(bytes).findings();
  auto response = JobResponse::Parse(*bytes);
  Wipe(*bytes);
  return response;
}

Result<Inventory> TakeJobInventory(const std::vector<Variable>& variables,
                                   const JobResponse& response, const Environment& environment,
                                   const Config& config) {
  std::vector<VariableView> carried;
  carried.reserve(variables.size() + environment.variables().size());
  std::unordered_set<std::string_view> files;
  TokenNames named{{}, config.exposure.rules};
  for (const JobResponse::SecretName& secret : response.secrets()) {
    named.secrets.push_back(secret.name);
    if (secret.file) files.insert(secret.name);
  }
  for (const Variable& variable : variables) {
    carried.push_back({variable.name, variable.value.view(), variable.file});
    if (variable.file) files.insert(variable.name);
  }
  // They come last: of a name they have the value that the job gets, and a file's content even in
  // the stage whose script has its path alone.
  constexpr std::string_view kPrefix = "CUSTOM_ENV_";
  const auto& all = environment.variables();
  for (auto each = all.lower_bound(kPrefix); each != all.end() && each->first.starts_with(kPrefix);
       ++each) {
    const std::string_view name = std::string_view(each->first).substr(kPrefix.size());
    carried.push_back({name, each->second.view(), files.contains(name)});
  }
  Inventory inventory = TakeInventory(carried, response.job_token(), config.issuers, named);
  if (auto counted = CheckTokenCount(inventory); !counted) return std::move(counted).findings();
  return inventory;
}

bool FeatureIsOn(const Environment& environment, std::string_view name) {
  constexpr std::string_view kTrue[] = {"1", "t", "T", "true", "TRUE", "True"};
  const std::string_view value = environment.Get("CUSTOM_ENV_" + std::string(name));
  return std::find(std::begin(kTrue), std::end(kTrue), value) != std::end(kTrue);
}

}  // namespace jobwarden
