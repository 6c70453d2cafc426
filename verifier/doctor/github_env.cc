#include "verifier/doctor/github_env.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/file.h"
#include "verifier/wiring/github_env.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;

}  // namespace

Result<GitHubEnv> ReadGitHubEnv(const Patient& patient) {
  const std::string path = patient.machine.github_folder + "/.env";
  const auto text = ReadFile(path, kMaxBytes, Code::kConfigInvalid, "the runner's");
  if (!text) return text.findings();
  if (auto checked = CheckGitHubEnv(path, *text); !checked) return std::move(checked).findings();
  GitHubEnv variables;
  std::string_view rest = *text;
  TakePrefix(rest, "\xEF\xBB\xBF");  // .NET passes a mark of the encoding by
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
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
