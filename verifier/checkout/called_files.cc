#include "verifier/checkout/called_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/exposure/usage.h"
#include "verifier/exposure/word.h"
#include "verifier/os/below.h"
#include "verifier/os/file.h"
#include "verifier/os/tree_walk.h"

namespace jobwarden {
namespace {

constexpr int kMaxLevels = 3;
constexpr int kMaxFiles = 64;
constexpr int kMaxLookups = 2'000;
constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;

using Views = std::set<std::string_view>;

// The words of a text that may be paths or names of targets.
Views PathWords(std::string_view text) {
  const auto belongs = [](char c) {
    return IsWordCharacter(c) || IsForeign(c) ||
           std::string_view("./-+@:").find(c) != std::string_view::npos;
  };
  Views words;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t begin = at;
    while (at < text.size() && belongs(text[at])) ++at;
    std::string_view word = text.substr(begin, at - begin);
    if (begin > 0 && text[begin - 1] == '$') {
      const auto* name_end = std::find_if_not(word.begin(), word.end(), IsWordCharacter);
      word.remove_prefix(static_cast<std::size_t>(name_end - word.begin()));
    }
    if (!word.empty()) words.insert(word);
  }
  return words;
}

std::string_view FolderOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? "" : path.substr(0, slash);
}

bool IsScript(std::string_view path, std::string_view bytes) {
  constexpr std::string_view kEndings[] = {".sh", ".bash", ".zsh", ".ksh", ".py",
                                           ".js", ".mjs",  ".ts",  ".rb",  ".pl"};
  return bytes.starts_with("#!") ||
         std::any_of(std::begin(kEndings), std::end(kEndings),
                     [&](std::string_view ending) { return path.ends_with(ending); });
}

// Follows commands into the files that they call.
class Follower {
 public:
  Follower(const Fd& project, std::string_view folder) : project_(project), folder_(folder) {}

  std::string Follow(std::string_view commands) {
    Call(std::string(commands), "", 0);
    while (!texts_.empty()) {
      Text text = std::move(texts_.back());
      texts_.pop_back();
      FollowText(text);
    }
    return std::move(called_);
  }

 private:
  struct Text {
    std::string bytes;
    std::string folder;  // of the file, below the project
    int level;
  };

  void Call(std::string bytes, std::string folder, int level) {
    if (level > 0) called_.append(bytes).append("\n");
    if (level < kMaxLevels) texts_.push_back({std::move(bytes), std::move(folder), level});
  }

  void FollowText(const Text& text) {
    const Views words = PathWords(text.bytes);
    for (std::string_view word : words) {
      if (word.starts_with('@')) word.remove_prefix(1);
      if (word.starts_with(folder_)) word.remove_prefix(folder_.size());
      // The word may be the rest of `$VARIABLE/rest`, and the variable may hold the project's
      // folder.
      word.remove_prefix(std::min(word.find_first_not_of('/'), word.size()));
      if (word.starts_with("./")) word.remove_prefix(2);
      if (word.find_first_of("/.") == word.npos || word.ends_with('/')) continue;
      CallScript(word, text.level);
      if (!text.folder.empty()) CallScript(text.folder + "/" + std::string(word), text.level);
    }
    if (words.contains("make") || words.contains("gmake")) {
      for (const char* name : {"GNUmakefile", "makefile", "Makefile"}) CallRules(name, words, text);
    }
    for (const char* program : {"npm", "npx", "pnpm", "yarn", "bun"}) {
      if (words.contains(program)) CallPackageScripts(words, text);
    }
  }

  // Empty if the file is not a text that can be read here.
  std::string Read(const std::string& path) {
    if (++lookups_ > kMaxLookups || files_ >= kMaxFiles) return "";
    const Fd file = OpenBelow(project_.get(), path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st {};
    if (!file || fstat(file.get(), &st) != 0 || !S_ISREG(st.st_mode)) return "";
    const auto bytes = ReadAll(file, path, kMaxBytes, Code::kJobUnreadable, "script");
    if (!bytes || bytes->size() > kMaxBytes - bytes_ || Contains(*bytes, std::string_view("\0", 1)))
      return "";
    bytes_ += bytes->size();
    ++files_;
    return *bytes;
  }

  void CallScript(std::string_view word, int level) {
    std::string path(word);
    if (!seen_.insert(path).second) return;
    const std::string bytes = Read(path);
    if (bytes.empty() || !IsScript(path, bytes)) return;
    Call(std::string(WithoutEchoesAndComments(bytes).view()), std::string(FolderOf(path)),
         level + 1);
  }

  // The rules of a Makefile for the targets among the words, and for what these need. If none of
  // the words is a target, the first rule.
  void CallRules(const std::string& path, const Views& words, const Text& text) {
    const std::string makefile = Read(path);
    std::string_view rest = makefile;
    Words targets(words.begin(), words.end());
    bool any = false;
    // The rules that a rule needs are usually below it. If not, they count as a level deeper.
    bool wanted = false;
    bool is_first = false;
    bool seen_rule = false;
    std::string first;
    std::string rules;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (line.starts_with('\t')) {
        if (wanted) rules.append(line.substr(1)).append("\n");
        if (is_first) first.append(line.substr(1)).append("\n");
        continue;
      }
      const std::size_t colon = line.find(':');
      wanted = false;
      if (colon == line.npos || line.starts_with('#') || line.substr(colon).starts_with(":=")) {
        continue;
      }
      for (const std::string_view target : PathWords(line.substr(0, colon))) {
        wanted = wanted || targets.contains(target);
      }
      any = any || wanted;
      is_first = !seen_rule;
      seen_rule = true;
      if (!wanted) continue;
      for (const std::string_view need : PathWords(line.substr(colon + 1))) targets.emplace(need);
    }
    rules = any ? rules : first;
    if (!rules.empty() && seen_.insert(path + ":" + rules).second) {
      Call(std::move(rules), std::string(text.folder), text.level + 1);
    }
  }

  void CallPackageScripts(const Views& words, const Text& text) {
    const std::string bytes = Read("package.json");
    const auto package = ParseJson(bytes, {.max_bytes = kMaxBytes}, Code::kJobUnreadable, "");
    const Value* scripts = package ? package->Find("scripts") : nullptr;
    const Object* object = scripts == nullptr ? nullptr : scripts->AsObject();
    if (object == nullptr) return;
    for (const Member& member : object->members()) {
      const std::string* command = member.value.AsString();
      if (command == nullptr || !words.contains(member.name)) continue;
      if (seen_.insert("package.json:" + member.name).second) {
        Call(*command, text.folder, text.level + 1);
      }
    }
  }

  const Fd& project_;
  const std::string_view folder_;
  std::vector<Text> texts_;
  std::set<std::string> seen_;
  std::string called_;
  int lookups_ = 0;
  int files_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

std::string TextOfCalledFiles(const Fd& project, std::string_view folder,
                              std::string_view commands) {
  return Follower(project, folder).Follow(commands);
}

}  // namespace jobwarden
