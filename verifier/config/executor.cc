#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/config/document.h"
#include "verifier/config/draft.h"
#include "verifier/config/schema.h"

namespace jobwarden {
namespace {

constexpr Choice<Driver> kDrivers[] = {{"local", Driver::kLocal}, {"wrap", Driver::kWrap}};
constexpr Choice<Shell> kShells[] = {
    {"bash", Shell::kBash}, {"sh", Shell::kSh}, {"pwsh", Shell::kPwsh}};
constexpr Choice<Sandbox> kSandboxes[] = {{"none", Sandbox::kNone}, {"bwrap", Sandbox::kBwrap}};

void ReadRunAs(const Field& field, ExecutorSettings& executor) {
  const auto users = field.Texts(true);
  if (!users) return;
  for (const auto& user : *users) {
    if (std::count(users->begin(), users->end(), user) > 1) {
      return field.Fail(fmt::format("user {} appears twice", Quote(user)));
    }
  }
  executor.run_as = *users;
}

template <auto kMember>
void SetCommand(const Field& field, WrapSettings& wrap) {
  const auto words = field.Texts(false);
  if (!words) return;
  if (!words->front().starts_with('/')) {
    return field.Fail("expected the absolute path of a program, and its arguments",
                      "[\"/opt/driver\", \"run\"]");
  }
  wrap.*kMember = *words;
}

constexpr Key<WrapSettings> kWrapKeys[] = {
    {"config", SetCommand<&WrapSettings::config>},
    {"prepare", SetCommand<&WrapSettings::prepare>},
    {"run", SetCommand<&WrapSettings::run>, "run = [\"/opt/driver\", \"run\"]"},
    {"cleanup", SetCommand<&WrapSettings::cleanup>},
};

void ReadWrap(const Field& field, ExecutorSettings& executor) {
  ReadTable(field, "[executor.wrap]", "executor.wrap.", kWrapKeys, executor.wrap);
}

constexpr Key<ExecutorSettings> kKeys[] = {
    {"driver", SetChoice<&ExecutorSettings::driver, kDrivers>},
    {"shell", SetChoice<&ExecutorSettings::shell, kShells>},
    {"builds_dir", SetPath<&ExecutorSettings::builds_dir>},
    {"cache_dir", SetPath<&ExecutorSettings::cache_dir>},
    {"run_as", ReadRunAs},
    {"sandbox", SetChoice<&ExecutorSettings::sandbox, kSandboxes>},
    {"shared_user", SetBool<&ExecutorSettings::shared_user>},
    {"wrap", ReadWrap},
};

}  // namespace

void ReadExecutor(const Field& field, Draft& draft) {
  draft.executor_table = &field.node;
  ReadTable(field, "[executor]", "executor.", kKeys, draft.config.executor);
  const bool wraps = draft.config.executor.driver == Driver::kWrap;
  const Node* commands = field.node.Find("wrap");
  if (wraps && commands == nullptr) {
    field.problems.Add(PlaceIn(field.node, "driver"),
                       "executor.driver = \"wrap\" without [executor.wrap]",
                       "name the commands of the driver to wrap");
  }
  if (!wraps && commands != nullptr) {
    field.problems.Add(commands->place, "[executor.wrap] without executor.driver = \"wrap\"");
  }
  // A wrapped driver decides where scripts run, and as which user.
  for (const auto* key : {"run_as", "sandbox", "builds_dir", "cache_dir", "shell"}) {
    const Node* given = field.node.Find(key);
    if (wraps && given != nullptr) {
      field.problems.Add(given->place,
                         fmt::format("executor.{} belongs to executor.driver = \"local\"", key),
                         "leave it out: the wrapped driver decides about it");
    }
  }
  const Node* shared = field.node.Find("shared_user");
  if (wraps && shared != nullptr) {
    field.problems.Add(
        shared->place, "executor.shared_user belongs to executor.driver = \"local\"",
        "leave it out: as whom a wrapped driver runs scripts cannot be seen, so no file is checked "
        "against that user");
  }
}

void CheckExecutor(const Draft& draft, Problems& problems) {
  const Config& config = draft.config;
  if (config.executor.driver == Driver::kWrap && config.exposure.strip_git_credentials) {
    problems.Add(PlaceIn(*draft.executor_table, "driver"),
                 "exposure.git_credentials = \"strip\" does not work with executor.driver = "
                 "\"wrap\"",
                 "leave it out: the checkout is where the wrapped driver keeps it");
  }
}

void ListExecutorKeys(KeyPaths& paths) {
  ListKeys("executor.", kKeys, paths);
  ListKeys("executor.wrap.", kWrapKeys, paths);
}

}  // namespace jobwarden
