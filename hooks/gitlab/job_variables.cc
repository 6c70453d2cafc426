#include "hooks/gitlab/job_variables.h"

#include <sys/stat.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "verifier/base/finding.h"
#include "verifier/base/secret.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

bool IsFileVariable(std::string_view name, std::string_view value) {
  const std::size_t slash = value.rfind('/');
  if (slash == std::string_view::npos || value.substr(slash + 1) != name) return false;
  // A longer value is not a path.
  if (!value.starts_with('/') || !value.substr(0, slash).ends_with(".tmp") || value.size() > 4096) {
    return false;
  }
  struct stat st {};
  return lstat(std::string(value).c_str(), &st) == 0 && S_ISREG(st.st_mode);
}

}  // namespace

JobVariables ReadJobVariables(const Environment::Variables& environment) {
  JobVariables job;
  std::size_t room = kMaxFileVariablesBytes;
  for (const auto& [name, value] : environment) {
    Variable variable{name, value.Clone(), false};
    if (IsFileVariable(name, value.view())) {
      const std::string path(value.view());
      auto content = ReadFile(path, std::min(room, kMaxFileVariableBytes), Code::kJobUnreadable,
                              "file variable");
      if (content) {
        room -= content->size();
        variable.value = Secret(*std::move(content));
        variable.file = true;
        job.files.emplace(name, path);
      } else {
        job.unread.push_back(name);
      }
    }
    job.variables.push_back(std::move(variable));
  }
  std::stable_partition(job.variables.begin(), job.variables.end(), [](const Variable& variable) {
    return variable.name.starts_with("CI_JOB_JWT");
  });
  return job;
}

}  // namespace jobwarden
