#include "hooks/step/package_scripts.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "hooks/step/words.h"

namespace jobwarden {
namespace {

using Scripts = std::map<std::string, std::string, std::less<>>;
using Names = std::set<std::string, std::less<>>;

constexpr std::string_view kOfInstalling[] = {
    "preinstall",       "install",         "postinstall",       "prepublish",
    "preprepare",       "prepare",         "postprepare",       "dependencies",
    "post-install-cmd", "post-update-cmd", "post-autoload-dump"};
// Tools that run scripts by patterns: `run-s build:*`. The `*` ends a word.
constexpr std::string_view kRunByPattern[] = {"npm-run-all", "npm-run-all2", "run-s", "run-p",
                                              "concurrently"};

// Reads one expected element, or nothing. The scripts are only searched for words, so it decodes
// only the escapes that matter for that.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {}

  bool Take(char c) {
    SkipBlanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::string> TakeString() {
    if (!Take('"')) return std::nullopt;
    std::string value;
    for (std::size_t at = 0; at < rest_.size(); ++at) {
      if (rest_[at] == '"') {
        rest_.remove_prefix(at + 1);
        return value;
      }
      if (rest_[at] == '\\' && ++at < rest_.size()) {
        value += rest_[at] == 'n' || rest_[at] == 't' ? ' ' : rest_[at];
      } else if (at < rest_.size()) {
        value += rest_[at];
      }
    }
    return std::nullopt;
  }

  // A string, or all strings of a list or an object, each on a line of its own.
  std::optional<std::string> TakeStrings() {
    SkipBlanks();
    if (!rest_.starts_with('[') && !rest_.starts_with('{')) return TakeString();
    std::string all;
    for (std::size_t depth = 0;;) {
      SkipBlanks();
      if (rest_.empty()) return std::nullopt;
      const char c = rest_.front();
      if (c == '"') {
        auto one = TakeString();
        if (!one) return std::nullopt;
        all.append(*one).append("\n");
        continue;
      }
      rest_.remove_prefix(1);
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && --depth == 0) return all;
    }
  }

 private:
  void SkipBlanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  std::string_view rest_;
};

std::optional<Scripts> ReadObject(JsonReader json) {
  Scripts scripts;
  if (!json.Take('{')) return std::nullopt;
  if (json.Take('}')) return scripts;
  while (true) {
    auto name = json.TakeString();
    if (!name || !json.Take(':')) return std::nullopt;
    auto command = json.TakeStrings();
    if (!command) return std::nullopt;
    scripts[*std::move(name)] = *std::move(command);
    if (json.Take('}')) return scripts;
    if (!json.Take(',')) return std::nullopt;
  }
}

// What follows `"name":`. Without a colon the word is a value, as in `files`.
std::optional<JsonReader> ValueOf(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1)) {
    JsonReader json(text.substr(at + name.size()));
    if (json.Take(':')) return json;
  }
  return std::nullopt;
}

std::optional<Scripts> ReadScripts(std::string_view text) {
  for (const std::string_view name : {"\"scripts\"", "\"tasks\""}) {
    if (const auto json = ValueOf(text, name)) return ReadObject(*json);
  }
  return std::nullopt;
}

bool IsNamed(std::string_view script, const Names& names, bool by_pattern) {
  if (names.contains(script)) return true;
  const auto begins_it = [&](const std::string& name) { return script.starts_with(name); };
  if (by_pattern && std::any_of(names.begin(), names.end(), begins_it)) return true;
  for (const std::string_view prefix : {"pre", "post"}) {
    if (script.starts_with(prefix) && names.contains(script.substr(prefix.size()))) return true;
  }
  return false;
}

}  // namespace

std::string PackageScripts(std::string_view package_json,
                           const std::vector<std::string_view>& words) {
  const auto scripts = ReadScripts(package_json);
  if (!scripts) return std::string(package_json);
  Names names(std::begin(kOfInstalling), std::end(kOfInstalling));
  bool by_pattern = false;
  const auto name = [&](std::string_view word) {
    names.emplace(word.substr(0, word.find('*')));
    for (const std::string_view tool : kRunByPattern) by_pattern = by_pattern || word == tool;
    if (word == "t" || word == "tst") names.emplace("test");
  };
  for (const std::string_view word : words) name(word);
  std::set<std::string_view> taken;
  std::string commands;
  for (bool more = true; more;) {
    more = false;
    for (const auto& [script, command] : *scripts) {
      if (!IsNamed(script, names, by_pattern) || !taken.insert(script).second) continue;
      commands.append(command).append("\n");
      for (const std::string_view word : NamesOf(command)) name(word);
      more = true;
    }
  }
  return commands;
}

std::vector<std::string> PackageWorkspaces(std::string_view package_json) {
  std::vector<std::string> folders;
  auto json = ValueOf(package_json, "\"workspaces\"");
  if (!json) return folders;
  if (json->Take('{')) {
    json = ValueOf(package_json, "\"packages\"");
    if (!json) return folders;
  }
  if (!json->Take('[')) return folders;
  while (auto folder = json->TakeString()) {
    folders.push_back(*std::move(folder));
    if (!json->Take(',')) break;
  }
  return folders;
}

}  // namespace jobwarden
