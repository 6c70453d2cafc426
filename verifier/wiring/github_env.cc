#include "verifier/wiring/github_env.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "verifier/base/json.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

struct Hook {
  std::string_view variable;
  std::string_view file;
  bool only_if_set;
};

constexpr std::array kHooks{
    Hook{"ACTIONS_RUNNER_HOOK_JOB_STARTED", "job-started.sh", false},
    Hook{"ACTIONS_RUNNER_HOOK_JOB_COMPLETED", "job-completed.js", false},
    Hook{"ACTIONS_RUNNER_CONTAINER_HOOKS", "container.js", true},
};

/// What to do about a variable that names another file than `file`.
std::string HintFor(const Hook& hook, const std::string& file, std::string_view value,
                    const std::vector<std::string>& to_add) {
  if (hook.only_if_set) {
    return "with --replace it is changed; to keep that container hook, add to jobwarden's "
           "configuration:\n    " +
           Join(to_add, "\n    ");
  }
  // The runner's own node reads the other hook, and no line of a script could start it as safely.
  if (file.ends_with(".sh") && value.ends_with(".sh")) {
    return "with --replace it is changed; to keep that hook, let its file call jobwarden's as its "
           "last line: exec " +
           file;
  }
  return "with --replace it is changed, and the runner does not call that hook any more";
}

}  // namespace

Status CheckGitHubEnv(const std::string& path, std::string_view text) {
  for (std::size_t at = text.find_first_of(std::string_view("\0\r", 2)); at < text.size();
       at = text.find_first_of(std::string_view("\0\r", 2), at + 1)) {
    if (text.substr(at).starts_with("\r\n")) continue;
    return Finding{Code::kConfigInvalid,
                   path + (text[at] == '\0' ? ": expected UTF-8, got bytes that are 0"
                                            : ": expected lines that end with \\n or \\r\\n"),
                   "write the file again as plain text"};
  }
  return Ok();
}

Result<Wiring> WireGitHubEnv(const std::string& path, std::string_view text,
                             const std::string& folder, bool replace) {
  if (auto checked = CheckGitHubEnv(path, text); !checked) return std::move(checked).findings();
  Wiring wiring;
  Findings refused;
  std::array<bool, kHooks.size()> there{};
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::size_t begin = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    for (std::size_t i = 0; i < kHooks.size(); ++i) {
      const Hook& hook = kHooks[i];
      std::string_view value = line;
      if (!TakePrefix(value, hook.variable) || !TakePrefix(value, "=")) continue;
      const std::string file = fmt::format("{}/{}", folder, hook.file);
      there[i] = true;
      if (value == file) continue;
      if (!value.empty() && hook.only_if_set) {
        wiring.to_add = {"[github]", "container_hooks = [" + WriteJson(std::string(value)) + "]"};
      }
      if (!value.empty() && !replace) {
        refused.push_back({Code::kConfigInvalid,
                           fmt::format("{}: {}: expected {}, got {}; nothing was changed", path,
                                       hook.variable, Quote(file), Quote(value)),
                           HintFor(hook, file, value, wiring.to_add)});
      }
      wiring.edits.push_back({end - value.size(), value.size(), file});
      // An empty value has no bytes to replace: take the name too.
      if (value.empty())
        wiring.edits.back() = {begin, line.size(), fmt::format("{}={}", hook.variable, file)};
    }
    begin = end + 1;
  }
  if (!refused.empty()) return refused;

  std::vector<std::string> lines;
  for (std::size_t i = 0; i < kHooks.size(); ++i) {
    if (there[i] || kHooks[i].only_if_set) continue;
    lines.push_back(fmt::format("{}={}/{}", kHooks[i].variable, folder, kHooks[i].file));
  }
  if (!lines.empty()) {
    std::string added = Join(lines, LineEnd(text));
    const bool whole = text.empty() || text.back() == '\n';
    if (whole) {
      added += LineEnd(text);
    } else {
      added.insert(0, LineEnd(text));
    }
    wiring.edits.push_back({text.size(), 0, std::move(added)});
  }
  return wiring;
}

}  // namespace jobwarden
