#include "verifier/checkout/ci_files.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

bool IsYaml(std::string_view path) {
  return path.ends_with(".yml") || path.ends_with(".yaml");
}

bool HasKey(std::string_view content, std::string_view key) {
  const bool quoted = content.starts_with('"') || content.starts_with('\'');
  if (quoted) content.remove_prefix(1);
  if (!content.starts_with(key)) return false;
  content.remove_prefix(key.size());
  if (quoted && !content.empty()) content.remove_prefix(1);
  const std::size_t colon = content.find_first_not_of(' ');
  return colon != kNowhere && content[colon] == ':';
}

// `/ci/$NAME.yml` may be any file there.
std::string AsPattern(std::string_view path) {
  std::string pattern;
  while (path.starts_with('/')) path.remove_prefix(1);
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] != '$') {
      pattern += path[at];
      continue;
    }
    pattern += '*';
    const bool braces = at + 1 < path.size() && path[at + 1] == '{';
    const std::size_t end = path.find_first_of(braces ? "}" : "/.-", at);
    at = std::min(end == kNowhere ? path.size() : end, path.size()) - (braces ? 0 : 1);
  }
  return pattern;
}

// Adds what looks like the path of a YAML file of this project.
void AddPaths(std::string_view text, std::vector<std::string>& paths) {
  constexpr std::string_view kAround = " \t\r'\",[]";
  while (!text.empty()) {
    text.remove_prefix(std::min(text.find_first_not_of(kAround), text.size()));
    const std::size_t end = std::min(text.find_first_of(kAround), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    if (word.starts_with('{')) word.remove_prefix(1);
    if (word.ends_with('}') && !Contains(word, "${")) word.remove_suffix(1);
    if (IsYaml(word) && !Contains(word, "://")) paths.push_back(AsPattern(word));
  }
}

}  // namespace

bool HasCiName(std::string_view path) {
  if (!IsYaml(path)) return false;
  for (const std::string_view folder : {".gitlab/", ".gitlab-ci/", ".gitlab-ci.d/"}) {
    if (path.starts_with(folder)) return true;
  }
  return Contains(path.substr(path.rfind('/') + 1), "gitlab-ci");
}

std::vector<std::string> IncludedPaths(std::string_view yaml) {
  std::vector<std::string> paths;
  std::size_t block = kNowhere;  // the indent of the `include:` above the line
  while (!yaml.empty()) {
    const std::size_t end = std::min(yaml.find('\n'), yaml.size());
    const std::string_view line = yaml.substr(0, end);
    yaml.remove_prefix(std::min(end + 1, yaml.size()));
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == kNowhere || line[indent] == '#' || line[indent] == '\r') continue;
    const bool item = line.substr(indent).starts_with("- ");
    std::string_view content = line.substr(indent);
    while (content.starts_with("- ") || content.starts_with(' ')) content.remove_prefix(1);
    if (block != kNowhere && indent <= block && !(item && indent == block)) block = kNowhere;
    if (HasKey(content, "include")) {
      block = indent;
      AddPaths(content.substr(content.find(':') + 1), paths);
    } else if (block != kNowhere && (HasKey(content, "local") || Contains(content, "local:") ||
                                     content.find(':') == kNowhere)) {
      AddPaths(content, paths);
    }
  }
  return paths;
}

}  // namespace jobwarden
