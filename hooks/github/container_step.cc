#include "hooks/github/container_step.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

#include "hooks/guard/words.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

// Where the runner mounts its own programs: what is started from there is a JavaScript action.
constexpr std::string_view kExternals = "/__e/";

std::string Normal(std::string_view path) {
  std::string normal = fs::path(path).lexically_normal();
  while (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal;
}

// Empty where it is not on this machine.
std::string Here(const std::vector<Mount>& mounts, std::string_view path) {
  return path.starts_with("/") ? PathHere(mounts, Normal(path)).value_or("") : "";
}

bool HasContent(const std::string& folder) {
  std::error_code error;
  return !folder.empty() && !fs::is_empty(folder, error) && !error;
}

TokenUse FollowScript(const ContainerMessage& message, const Environment& environment) {
  StepCall call;
  call.mounts =
      JobContainerMounts(environment.Get("RUNNER_TEMP"), environment.Get("RUNNER_TOOL_CACHE"));
  const auto here = [&](std::string_view path) { return Here(call.mounts, path); };
  const std::string_view program = message.Argument("entryPoint");
  call.program = program.substr(program.rfind('/') + 1);
  call.arguments = message.Arguments("entryPointArgs");
  const std::string workspace = here(message.Variable("GITHUB_WORKSPACE"));
  const std::string action = here(message.Variable("GITHUB_ACTION_PATH"));
  const std::string home = here(message.Variable("HOME"));
  call.workspace = workspace;
  call.action = action;
  call.temporary = environment.Get("RUNNER_TEMP");
  call.home = home;
  call.folder = here(message.Argument("workingDirectory"));
  // Some container hooks (Kubernetes without a shared volume) have the checkout in the pod alone:
  // then the runner's own workspace is empty.
  call.workspace_is_seen = !call.folder.empty() && HasContent(workspace);
  if (call.folder.empty()) call.folder = call.temporary;
  return FindTokenUse(call, kTokenConsumers);
}

}  // namespace

std::vector<Mount> JobContainerMounts(std::string_view temporary, std::string_view tools) {
  const std::string temp = Normal(temporary);
  const std::string work = fs::path(temp).parent_path();
  std::vector<Mount> mounts = {{"/github/home", temp + "/_github_home"},
                               {"/github/workflow", temp + "/_github_workflow"},
                               {"/__w", work}};
  if (!tools.empty()) mounts.push_back({"/__t", Normal(tools)});
  mounts.push_back({work, work});
  return mounts;
}

TokenUse StepNeedsTokens(const ContainerMessage& message, const GitHubSettings& settings,
                         const Environment& environment) {
  if (settings.step_tokens == StepAccess::kAll) return TokenUse::kNamed;
  // Of our own environment, which no workflow can set.
  const std::string_view step = environment.Get("GITHUB_ACTION");
  const auto& kept = settings.keep_steps;
  if (!step.empty() && std::find(kept.begin(), kept.end(), step) != kept.end()) {
    return TokenUse::kNamed;
  }
  if (settings.step_tokens == StepAccess::kListed) return TokenUse::kNone;
  if (message.command() == kRunContainerStep ||
      message.Argument("entryPoint").starts_with(kExternals)) {
    return TokenUse::kNamed;
  }
  return FollowScript(message, environment);
}

}  // namespace jobwarden
