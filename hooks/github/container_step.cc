#include "hooks/github/container_step.h"

#include <filesystem>
#include <string>
#include <system_error>

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

// The runner mounts its own programs there. A step that starts one of them is a JavaScript action.
constexpr std::string_view kExternals = "/__e/";

std::string Normal(std::string_view path) {
  std::string normal = fs::path(path).lexically_normal();
  while (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal;
}

// The path on this machine; empty if it is not on this machine.
std::string Here(const std::vector<Mount>& mounts, std::string_view path) {
  return path.starts_with("/") ? PathHere(mounts, Normal(path)).value_or("") : "";
}

bool HasContent(const std::string& folder) {
  std::error_code error;
  return !folder.empty() && !fs::is_empty(folder, error) && !error;
}

struct Paths {
  std::string workspace;
  std::string action;
  std::string home;
};

// The program that the step starts, with the paths of this machine. `paths` holds them and outlives
// the call.
StepCall CallOf(const ContainerMessage& message, const Environment& environment, Paths& paths) {
  StepCall call;
  call.mounts =
      JobContainerMounts(environment.Get("RUNNER_TEMP"), environment.Get("RUNNER_TOOL_CACHE"));
  const auto here = [&](std::string_view path) { return Here(call.mounts, path); };
  const std::string_view program = message.Argument("entryPoint");
  call.program = program.substr(program.rfind('/') + 1);
  call.arguments = message.Arguments("entryPointArgs");
  call.is_action = message.command() == kRunContainerStep ||
                   message.Argument("entryPoint").starts_with(kExternals);
  paths = {here(message.Variable("GITHUB_WORKSPACE")), here(message.Variable("GITHUB_ACTION_PATH")),
           here(message.Variable("HOME"))};
  call.workspace = paths.workspace;
  call.action = paths.action;
  call.temporary = environment.Get("RUNNER_TEMP");
  call.home = paths.home;
  call.folder = here(message.Argument("workingDirectory"));
  // With some container hooks (Kubernetes without a shared volume) the checkout is only in the pod.
  // Then the runner's own workspace is empty.
  call.workspace_is_seen = !call.folder.empty() && HasContent(paths.workspace);
  if (call.folder.empty()) call.folder = call.temporary;
  return call;
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

TokenUse StepNeedsTokens(const ContainerMessage& message, const StepSettings& settings,
                         const Environment& environment) {
  Paths paths;
  const StepCall call = CallOf(message, environment, paths);
  // The id comes from our own environment, which no workflow can set.
  return DecideStep(settings, environment.Get("GITHUB_ACTION"), call);
}

}  // namespace jobwarden
