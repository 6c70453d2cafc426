#include "verifier/config/stored_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/text.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kPolicyUnavailable;
constexpr std::string_view kWhat = "pulled policy";
constexpr std::size_t kMaxSumsBytes = std::size_t{1} << 20;

Status CheckRules(const std::string& folder, const std::vector<ConfigFile>& rules) {
  const auto sums = ReadFile(folder + "/" + kRuleSums, kMaxSumsBytes, kCode, kWhat);
  if (sums && *sums == RuleSums(rules)) return Ok();
  return Finding{kCode,
                 fmt::format("the rules in {} are not those that were pulled", Quote(folder)),
                 "run jobwarden policy pull; rules of this machine belong into rules.d beside its "
                 "configuration"};
}

}  // namespace

std::string RuleSums(std::vector<ConfigFile> rules) {
  for (ConfigFile& each : rules) each.path.erase(0, each.path.rfind('/') + 1);
  std::sort(rules.begin(), rules.end(),
            [](const ConfigFile& a, const ConfigFile& b) { return a.path < b.path; });
  std::string text;
  for (const ConfigFile& each : rules) {
    text += fmt::format("{}  rules.d/{}\n", Sha256Hex(each.bytes), each.path);
  }
  return text;
}

Result<StoredPolicy> OpenStoredPolicy(const Config& config) {
  const auto folder = CurrentVersion(config.state_dir);
  if (!folder) return folder.findings();
  if (folder->empty()) {
    return Finding{
        kCode,
        fmt::format("no policy has been pulled into {}", Quote(PolicyFolder(config.state_dir))),
        "run jobwarden policy pull as the user to whom state_dir belongs"};
  }
  const std::string path = *folder + "/pulled.json";
  auto note = OpenFile(path, kCode, kWhat);
  if (!note) return std::move(note).findings();
  const auto text = ReadAll(*note, path, kMaxPulledBytes, kCode, kWhat);
  if (!text) return text.findings();
  auto policy = ParsePulled(*text, *folder);
  if (!policy) return std::move(policy).findings();
  const auto& keys = config.policy_settings.pull.keys;
  if (std::none_of(keys.begin(), keys.end(),
                   [&](const SigningKey& each) { return each.text == policy->key; })) {
    return Finding{kCode,
                   fmt::format("the policy with serial {} was signed by the key {}, which is not "
                               "in policy.pull.keys any more",
                               policy->serial, Quote(policy->key)),
                   "sign a policy by a key that is, and run jobwarden policy pull"};
  }
  auto sources = OpenRules(*folder + "/rules.d");
  if (!sources) return std::move(sources).findings();
  auto rules = ReadSources(*sources);
  if (!rules) return std::move(rules).findings();
  if (auto checked = CheckRules(*folder, *rules); !checked) return std::move(checked).findings();
  StoredPolicy stored{*std::move(policy), *std::move(rules), *std::move(sources)};
  // By this path the link is checked too.
  stored.sources.push_back(
      {PolicyFolder(config.state_dir) + "/current/pulled.json", *std::move(note), false});
  return stored;
}

}  // namespace jobwarden
