#include "verifier/doctor/github_env.h"

#include <algorithm>
#include <cstddef>

#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

}  // namespace

Result<GitHubEnv> ReadGitHubEnv(const Patient& patient) {
  const auto text = ReadFile(patient.machine.github_folder + "/.env", kMaxBytes,
                             Code::kConfigInvalid, "the runner's");
  if (!text) return text.findings();
  GitHubEnv variables;
  for (std::string_view rest = *text; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t equals = line.find('=');
    if (line.starts_with('#') || equals == std::string_view::npos || equals == 0) continue;
    variables.insert_or_assign(std::string(line.substr(0, equals)),
                               std::string(line.substr(equals + 1)));
  }
  return variables;
}

std::string GitHubSetting(const Result<GitHubEnv>& env, std::string_view name) {
  if (!env) return "";
  const auto found = env->find(name);
  return found == env->end() ? "" : found->second;
}

}  // namespace jobwarden
