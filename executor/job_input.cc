#include "executor/job_input.h"

#include <algorithm>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {

Result<std::string> JobFolder(const Environment& environment) {
  const std::string_view folder = environment.Get("TMPDIR");
  if (folder.starts_with('/')) return std::string(folder);
  return Finding{Code::kDriverFailed,
                 "TMPDIR: expected the folder of this job, got " + Quote(folder),
                 "jobwarden-executor is to be started by GitLab Runner's custom executor",
                 {},
                 false};
}

std::string TemporaryFolderIn(const std::string& job_folder) {
  return job_folder + "/job-tmp";
}

Result<JobResponse> ReadJobResponse(const Environment& environment) {
  const std::string path(environment.Get("JOB_RESPONSE_FILE"));
  if (path.empty()) {
    return Finding{Code::kJobUnreadable,
                   "JOB_RESPONSE_FILE: expected a file, got nothing",
                   "GitLab Runner 14.1 or newer is needed",
                   {},
                   false};
  }
  auto bytes = ReadFile(path, kMaxJobResponseBytes, Code::kJobUnreadable, "job response");
  if (!bytes) return std::move(bytes).findings();
  auto response = JobResponse::Parse(*bytes);
  Wipe(*bytes);
  return response;
}

Result<Inventory> TakeJobInventory(const std::vector<Variable>& variables,
                                   const JobResponse& response, const Environment& environment,
                                   const std::vector<Issuer>& issuers) {
  std::vector<Variable> carried;
  carried.reserve(variables.size() + environment.variables().size());
  for (const Variable& variable : variables) {
    carried.push_back({variable.name, variable.value.Clone(), variable.file});
  }
  constexpr std::string_view kPrefix = "CUSTOM_ENV_";
  const auto& all = environment.variables();
  for (auto each = all.lower_bound(kPrefix); each != all.end() && each->first.starts_with(kPrefix);
       ++each) {
    carried.push_back({each->first.substr(kPrefix.size()), each->second.Clone(), false});
  }
  Inventory inventory = TakeInventory(carried, response.job_token(), issuers);
  if (auto counted = CheckTokenCount(inventory); !counted) return std::move(counted).findings();
  return inventory;
}

std::vector<std::string_view> ValuesGone(const Inventory& inventory,
                                         const std::set<std::string>& names) {
  std::vector<std::string_view> gone;
  for (const Token& token : inventory.tokens) {
    if (std::all_of(token.names.begin(), token.names.end(),
                    [&](const std::string& name) { return names.contains(name); })) {
      gone.push_back(token.value.view());
    }
  }
  return gone;
}

}  // namespace jobwarden
