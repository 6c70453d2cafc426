#include "executor/local/place_option.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/os/below.h"

namespace jobwarden {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxPlaces = 256;

}  // namespace

Result<std::vector<PlaceOption>> PlaceOptions(const ExecutorSettings& executor) {
  std::vector<PlaceOption> options;
  for (const std::string& name : executor.run_as) {
    auto user = FindUser(name, Code::kConfigInvalid, "executor.run_as");
    if (!user) return std::move(user).findings();
    options.push_back({name, *std::move(user), true});
  }
  if (executor.sandbox == Sandbox::kNone || options.size() > 1) return options;
  const PlaceOption any = options.empty() ? PlaceOption{"job", std::nullopt, false} : options[0];
  options.clear();
  for (int i = 1; i <= kMaxPlaces; ++i) {
    options.push_back({fmt::format("{}.{}", any.name, i), any.user, false});
  }
  return options;
}

Status CheckFoldersApart(const Config& config, const std::vector<PlaceOption>& options) {
  const auto whole = [](const std::string& path) {
    std::error_code error;
    const fs::path found = fs::weakly_canonical(path, error);
    return error ? fs::path(path) : found;
  };
  const ExecutorSettings& executor = config.executor;
  const std::array kept{std::pair(config.state_dir, "state_dir"),
                        std::pair(executor.builds_dir, "executor.builds_dir"),
                        std::pair(executor.cache_dir, "executor.cache_dir"),
                        std::pair(config.audit.file, "audit.file"),
                        std::pair(config.path, "configuration")};
  for (const std::string& above : {executor.builds_dir, executor.cache_dir}) {
    for (const auto& [path, what] : kept) {
      const auto below = path.empty() ? std::nullopt : PathBelow(whole(above), whole(path));
      const std::string first = below ? fs::path(*below).begin()->string() : "";
      const bool is_jobs = std::any_of(options.begin(), options.end(),
                                       [&](const PlaceOption& each) { return each.name == first; });
      if (!is_jobs) continue;
      return Finding{Code::kConfigInvalid,
                     fmt::format("{} {}: lies in the folder {} that jobs get", what, Quote(path),
                                 Quote(fmt::format("{}/{}", above, first))),
                     "keep builds_dir, cache_dir, state_dir and the audit file apart"};
    }
  }
  if (whole(executor.builds_dir) != whole(executor.cache_dir)) return Ok();
  return Finding{Code::kConfigInvalid, "executor.cache_dir: is the same folder as builds_dir",
                 "set it to another folder"};
}

}  // namespace jobwarden
