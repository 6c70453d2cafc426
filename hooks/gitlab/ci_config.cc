#include "hooks/gitlab/ci_config.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace jobwarden {
namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::size_t kNone = std::string_view::npos;

std::string_view ClaimOr(const Object& claims, std::string_view claim, std::string_view otherwise) {
  const std::string* text = claims.FindString(claim);
  return text == nullptr ? otherwise : *text;
}

bool IsPlainPath(std::string_view path) {
  if (path.empty() || path.starts_with('/') || path.find('@') != kNone ||
      path.find("://") != kNone) {
    return false;
  }
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (path.substr(0, end) == "..") return false;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return true;
}

// PATH of `host/group/project//PATH@refs/heads/main`, the claim for a file of the project itself.
std::string_view PathIn(std::string_view uri) {
  const std::size_t begin = uri.find("//");
  const std::size_t end = uri.rfind("@refs/");
  if (begin == kNone || end == kNone || end < begin + 2) return "";
  return uri.substr(begin + 2, end - begin - 2);
}

std::string_view TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string_view AfterBlanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text;
}

// A word, in quotes or not, with a colon after it, at the beginning of a line's content.
struct Key {
  std::string_view name;
  std::string_view rest;  // after the colon
};
std::optional<Key> KeyOf(std::string_view content) {
  constexpr std::string_view kWord =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  const bool quoted = content.starts_with('"') || content.starts_with('\'');
  std::string_view rest = content.substr(quoted ? 1 : 0);
  const std::string_view name =
      rest.substr(0, std::min(rest.find_first_not_of(kWord), rest.size()));
  rest.remove_prefix(name.size());
  if (quoted) {
    if (!rest.starts_with(content[0])) return std::nullopt;
    rest.remove_prefix(1);
  }
  rest = AfterBlanks(rest);
  if (!rest.starts_with(':')) return std::nullopt;
  rest.remove_prefix(1);
  if (!rest.empty() && kBlanks.find(rest[0]) == kNone) return std::nullopt;
  return Key{name, AfterBlanks(rest)};
}

// Reads a YAML text line by line, as far as needed to know the keys right below `id_tokens:`.
class DeclarationReader {
 public:
  /// The name that the line declares; empty if it declares none.
  std::string_view Read(std::string_view line) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == kNone) return "";
    const std::string_view content = line.substr(indent);
    if (AfterBlanks(content).empty() || content[0] == '#') return "";
    if (block_ != kNone && indent <= block_) block_ = kNone;
    const auto key = KeyOf(content);
    if (block_ == kNone) {
      if (!key || key->name != "id_tokens") return "";
      // An anchor may follow. If the value begins on this line, it is not read.
      if (key->rest.empty() || key->rest[0] == '#' || key->rest[0] == '&') {
        block_ = indent;
        keys_ = kNone;
      }
      return "";
    }
    if (keys_ == kNone) keys_ = indent;
    return key && indent == keys_ ? key->name : "";
  }

 private:
  std::size_t block_ = kNone;  // the indent of the `id_tokens:` above this line
  std::size_t keys_ = kNone;   // the indent of the keys below it
};

}  // namespace

ScriptFile FindScriptFile(const Object& claims,
                          const std::function<std::string_view(std::string_view)>& variable) {
  const std::string_view strategy = variable("GIT_STRATEGY");
  if (strategy == "none" || strategy == "empty" || variable("GIT_CHECKOUT") == "false") {
    return {"", "the job has no checkout"};
  }
  if (ClaimOr(claims, "pipeline_source", variable("CI_PIPELINE_SOURCE")) == "parent_pipeline") {
    return {"", "another pipeline started this one"};
  }
  if (ClaimOr(claims, "job_source", "").ends_with("_policy")) {
    return {"", "a policy added the job"};
  }
  std::string_view path = variable("CI_CONFIG_PATH");
  if (path.empty()) path = ".gitlab-ci.yml";
  // The claim counts also if it is null: then the file belongs to no project, or to another one.
  if (claims.Find("ci_config_ref_uri") != nullptr) {
    path = PathIn(ClaimOr(claims, "ci_config_ref_uri", ""));
  }
  if (!IsPlainPath(path)) return {"", "its CI configuration is not a file of this project"};
  return {std::string(path), ""};
}

bool HasInclude(std::string_view yaml) {
  constexpr std::string_view kInclude = "include";
  for (std::size_t at = yaml.find(kInclude); at != kNone; at = yaml.find(kInclude, at + 1)) {
    std::string_view rest = yaml.substr(at + kInclude.size());
    if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
    if (AfterBlanks(rest).starts_with(':')) return true;
  }
  return false;
}

Words DeclaredIdTokens(std::string_view yaml) {
  DeclarationReader declarations;
  Words names;
  while (!yaml.empty()) {
    const std::string_view declared = declarations.Read(TakeLine(yaml));
    if (!declared.empty()) names.emplace(declared);
  }
  return names;
}

Words UsedInCiConfig(std::string_view yaml, const Words& wanted) {
  DeclarationReader declarations;
  std::string text;
  text.reserve(yaml.size());
  while (!yaml.empty()) {
    const std::string_view line = TakeLine(yaml);
    const std::string_view declared = declarations.Read(line);
    const std::size_t skip =
        declared.empty()
            ? 0
            : static_cast<std::size_t>(declared.data() - line.data()) + declared.size();
    text.append(line.substr(skip)).append("\n");
  }
  // A `#` that begins a comment in a shell may be part of a text in YAML.
  std::replace(text.begin(), text.end(), '#', ' ');
  return UsedWords(text, wanted);
}

}  // namespace jobwarden
