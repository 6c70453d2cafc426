#include "verifier/config/source.h"

#include <fmt/format.h>

#include <utility>

#include "verifier/os/file.h"

namespace jobwarden {
namespace {

bool IsRuleFile(const std::string& name) {
  return name.ends_with(".toml") && !name.starts_with('.');
}

}  // namespace

Result<std::vector<Source>> OpenRules(const std::string& folder) {
  std::vector<Source> sources;
  auto fd = OpenFolder(folder, kConfigCode, kConfigWhat);
  if (!fd) return std::move(fd).findings();
  if (!*fd) return sources;
  auto names = ListFolder(*fd, folder, kConfigCode, kConfigWhat);
  if (!names) return std::move(names).findings();
  sources.push_back({folder, std::move(*fd), false});
  Findings findings;
  for (const auto& name : *names) {
    if (!IsRuleFile(name)) continue;
    const std::string file = fmt::format("{}/{}", folder, name);
    auto opened = OpenFile(file, kConfigCode, kConfigWhat);
    if (opened) {
      sources.push_back({file, std::move(*opened)});
    } else {
      Append(findings, std::move(opened).findings());
    }
  }
  if (!findings.empty()) return findings;
  return sources;
}

Result<std::vector<ConfigFile>> ReadSources(const std::vector<Source>& sources) {
  std::vector<ConfigFile> files;
  for (const auto& source : sources) {
    if (!source.is_toml) continue;
    auto bytes = ReadAll(source.fd, source.path, kMaxConfigBytes, kConfigCode, kConfigWhat);
    if (!bytes) return std::move(bytes).findings();
    files.push_back({source.path, std::move(*bytes)});
  }
  return files;
}

Findings CheckSources(const std::vector<Source>& sources, const std::vector<uid_t>& job_users) {
  Findings findings;
  for (const auto& source : sources) {
    auto checked = CheckWriters(source.fd, source.path, job_users, kConfigCode, kConfigWhat);
    if (!checked) Append(findings, std::move(checked).findings());
  }
  return findings;
}

}  // namespace jobwarden
