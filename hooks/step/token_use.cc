#include "hooks/step/token_use.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "hooks/step/commands.h"
#include "hooks/step/guarded_names.h"
#include "hooks/step/package_scripts.h"
#include "hooks/step/paths.h"
#include "hooks/step/recipes.h"
#include "hooks/step/step_environment.h"
#include "hooks/step/step_files.h"
#include "hooks/step/tools.h"
#include "hooks/step/words.h"

// How a step is followed.
//
// A step that requests an id_token names the request variables, or a command that reads them,
// somewhere in the text that it runs. That text is more than the script: `make deploy` runs lines
// of a Makefile, `./ci/up.sh` a file of the checkout, `npm run release` a line of package.json. A
// list of steps that need tokens would always lack some, and a parser for every language that CI
// scripts are written in is out of reach. So the Follower takes every text for a list of words. A
// word that is the name of a file leads to the next text; a word that is a request variable or a
// consumer is the answer. It begins with the arguments, looks up the words of each text in a few
// folders, and queues the files it finds, three levels deep.
//
// Errors are not symmetric. A step that loses its token fails in front of its author; a step that
// keeps one is as exposed as without us. Therefore everything that the Follower cannot read, and
// everything over a limit, is kUnknown, and the step keeps the variables. Words in comments count
// as well.
//
// The step's own user wrote these files and can change them at any time. So this is not a boundary:
// it finds what honest scripts do. It never runs, writes or waits: it opens regular files only, for
// reading, and it never blocks on a pipe or takes bytes from the step's standard input.

namespace jobwarden {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::size_t kMaxFolders = 32;

// Whether this argument says that the program runs text of its arguments.
bool GivesText(std::string_view program, std::string_view argument) {
  if (program == "node") {
    for (const std::string_view option : {"-e", "--eval", "-p", "-pe", "--print"}) {
      if (argument == option) return true;
    }
    return argument.starts_with("--eval=") || argument.starts_with("--print=");
  }
  if (program == "pwsh") {
    // -EncodedCommand and its short forms cannot be searched, so they do not count.
    return argument == "-c" || argument == "-command" || argument == "-Command";
  }
  const bool is_cluster = argument.size() > 1 && argument[0] == '-' && argument[1] != '-';
  const std::string_view letters = program.starts_with("python") ? "cm" : "c";
  return is_cluster && argument.find_first_of(letters, 1) != argument.npos;
}

Syntax SyntaxOf(std::string_view name, std::string_view ending, std::string_view program) {
  if (HasRecipes(name)) return Syntax::kShell;
  if (ending.empty() && (program.starts_with("python") || program == "node" || program == "ruby" ||
                         program == "perl")) {
    return Syntax::kCode;
  }
  constexpr std::string_view kCode[] = {
      ".js",   ".mjs",  ".cjs", ".ts",    ".mts", ".cts",    ".py",     ".rb",  ".go",
      ".java", ".kt",   ".kts", ".xml",   ".php", ".gradle", ".groovy", ".pl",  ".rs",
      ".cs",   ".tsx",  ".jsx", ".scala", ".sbt", ".lua",    ".swift",  ".yml", ".yaml",
      ".toml", ".json", ".hcl", ".tf",    ".cfg", ".ini",    ".md"};
  const bool is_code = std::find(std::begin(kCode), std::end(kCode), ending) != std::end(kCode);
  return is_code ? Syntax::kCode : Syntax::kShell;
}

class Follower {
 public:
  Follower(const StepCall& call, const ConsumerList& list,
           const std::vector<std::string>& consumers, const TokenUseLimits& limits)
      : call_(call),
        environment_(call.environment),
        commands_(list, consumers, environment_),
        limits_(limits),
        files_(call, environment_, commands_, limits) {}

  TokenUse Find() {
    Text arguments;
    arguments.folder = NormalPath(call_.folder);
    arguments.ending = call_.program.starts_with("python") ? ".py"
                       : call_.program == "node"           ? ".js"
                                                           : "";
    arguments.level = -1;
    // Every argument may be a path, whatever it looks like.
    bool given = false;
    const std::size_t count = std::min(call_.arguments.size(), limits_.arguments);
    for (const std::string_view argument : std::span(call_.arguments).first(count)) {
      arguments.bytes.append(argument).append(" ");
      given = given || GivesText(call_.program, argument);
      if (argument.empty() || argument.size() >= kMaxPathBytes) continue;
      if (argument.find('\0') != argument.npos) continue;
      const auto path = Here(JoinPath(arguments.folder, argument), argument);
      if (path && IsFile(Open(*path, 0, {}))) given = true;
    }
    // The program reads its standard input, or a pipe (`bash <(…)`). Reading that here would take
    // it from the program.
    if (!given) return TokenUse::kUnknown;
    texts_.push_back(std::move(arguments));
    while (use_ == TokenUse::kNone && !texts_.empty()) {
      followed_.push_back(std::move(texts_.front()));
      texts_.pop_front();
      Follow(followed_.back());
    }
    return use_;
  }

 private:
  struct Text {
    std::string bytes;
    std::string folder;  // of the file
    std::string name;    // of the file
    std::string ending;
    int level = 0;
  };

  // The path on this machine of a path that the step named. A relative name was joined to a folder
  // of this machine before.
  std::optional<std::string> Here(std::string path, std::string_view named) const {
    if (call_.mounts.empty() || !named.starts_with("/")) return path;
    return PathHere(call_.mounts, path);
  }

  // Whether the word may be the name of a file in a checkout that cannot be read.
  static bool MayNameUnseen(std::string_view word) {
    if (!MayBePath(word) || IsOfKernel(word)) return false;
    if (word.find_first_of("/.") != word.npos || word.starts_with("python")) return true;
    const auto is_it = [&](std::string_view command) { return word == command; };
    return std::any_of(std::begin(kGuardedNames), std::end(kGuardedNames), is_it) ||
           std::any_of(Tools().begin(), Tools().end(),
                       [&](const Tool& tool) { return is_it(tool.command); });
  }

  void Follow(Text& text) {
    if (limits_.variables && NamesRequestVariables(text.bytes)) {
      use_ = TokenUse::kNamed;
      return;
    }
    text.bytes = environment_.Expand(text.bytes);
    const std::string_view program = text.level <= 0 ? call_.program : std::string_view();
    if (commands_.StandIn(text.bytes,
                          SyntaxOf(text.name, text.level < 0 ? "" : text.ending, program))) {
      use_ = TokenUse::kNamed;
      return;
    }
    if (text.level >= limits_.levels) return;
    Words words = WordsOf(text.bytes, limits_.lookups + 1);
    if (words.size() > limits_.lookups) {
      use_ = TokenUse::kUnknown;
      return;
    }
    // The arguments (level -1) were looked up before, and the script that they name was found.
    if (!call_.workspace_is_seen && text.level >= 0 &&
        std::any_of(words.begin(), words.end(), MayNameUnseen)) {
      use_ = TokenUse::kUnknown;
      return;
    }
    const Words names = NamesOf(text.bytes);
    if (text.level == 0) script_names_.insert(script_names_.end(), names.begin(), names.end());
    if (const FileKind kind = files_.SearchOnPath(words); kind == FileKind::kUnknown) {
      use_ = TokenUse::kUnknown;
    } else if (kind == FileKind::kNamesVariables) {
      use_ = TokenUse::kNamed;
    }
    LookForConfiguration(words);
    LookInFolders(text, words, names);
  }

  // The files of the checkout that the text names, and those of the tools that it calls.
  void LookInFolders(const Text& text, const Words& words, const Words& names) {
    std::vector<std::string> folders;
    const auto add_folder = [&](std::string_view folder) {
      const std::string normal = NormalPath(folder);
      if (!files_.IsOurs(normal) && normal != NormalPath(call_.folder)) return;
      if (std::find(folders.begin(), folders.end(), normal) == folders.end()) {
        folders.push_back(normal);
      }
    };
    for (const std::string_view folder :
         {std::string_view(call_.folder), std::string_view(text.folder), call_.workspace,
          call_.action}) {
      // A step's script lies in the runner's own folder, but it does not name other files of that
      // folder.
      if (!folder.empty() && folder != call_.temporary) add_folder(folder);
    }
    std::vector<std::string> endings;
    if (!text.ending.empty()) endings.push_back(text.ending);
    for (const std::string_view word : words) {
      if (word.starts_with("python") && text.ending != ".py") endings.emplace_back(".py");
      if (word == "node" && text.ending != ".js") endings.emplace_back(".js");
    }
    const std::vector<const Tool*> called = ToolsCalled(words);
    const auto parts = FilesOfParts(text.name);
    const bool runs_folders = RunsFolders(words);
    if (runs_folders) add_folder(JoinPath(call_.folder, "Sources"));  // Swift's
    // Folders that the text names are added to the folders in which its words are looked up.
    for (std::size_t i = 0; i < folders.size() && use_ == TokenUse::kNone; ++i) {
      if (i == kMaxFolders) use_ = TokenUse::kUnknown;
      for (const std::string_view word : words) {
        if (use_ != TokenUse::kNone) return;
        for (const std::string& folder : Look(folders[i], word, text, endings, names, i == 0)) {
          add_folder(folder);
          for (const std::string_view part : parts) OpenIn(folder, part, text.level + 1, names);
          if (runs_folders) OpenProgram(folder, text.level + 1, names);
        }
      }
      for (const Tool* const tool : called) {
        for (const std::string_view file : tool->files) {
          OpenIn(folders[i], file, text.level + 1, names);
        }
      }
    }
  }

  // Opens the files that the word may mean in the folder. Returns the folders that it means.
  std::vector<std::string> Look(const std::string& folder, std::string_view word, const Text& text,
                                const std::vector<std::string>& endings, const Words& names,
                                bool absolute_too) {
    std::vector<std::string> found;
    if (!MayBePath(word)) return found;
    if (word.starts_with("~/") && !call_.home.empty()) {
      Open(JoinPath(call_.home, word.substr(2)), text.level + 1, names);
      return found;
    }
    if (word.starts_with("/")) {
      if (absolute_too) {
        if (const auto path = Here(NormalPath(word), word);
            path && Open(*path, text.level + 1, names) == FileKind::kFolder) {
          found.push_back(*path);
        }
      }
      // The word may be the rest of `$VARIABLE/rest`, and the variable may hold this folder.
      word.remove_prefix(std::min(word.find_first_not_of('/'), word.size()));
      if (word.empty()) return found;
    }
    const FileKind kind = OpenIn(folder, word, text.level + 1, names);
    if (kind == FileKind::kFolder) found.push_back(JoinPath(folder, word));
    if (IsFile(kind)) return found;
    for (const std::string& ending : endings) {
      std::string name(word);
      if (ending == ".py") {
        name.erase(0, name.find_first_not_of('.'));
        std::replace(name.begin(), name.end(), '.', '/');
      }
      if (kind == FileKind::kFolder) {
        const std::string module = JoinPath(folder, name);
        if (ending == ".py") {
          OpenIn(module, "__init__.py", text.level + 1, names);
          OpenIn(module, "__main__.py", text.level + 1, names);
        } else {
          OpenIn(module, "index" + ending, text.level + 1, names);
        }
      } else {
        OpenIn(folder, name + ending, text.level + 1, names);
      }
    }
    return found;
  }

  // The sources of a program that is a folder: `go run ./cmd/release`.
  void OpenProgram(const std::string& folder, int level, const Words& names) {
    for (const std::string& name : files_.names().Names(folder)) {
      if (name.ends_with(".go") || name.ends_with(".cs") || name == "main.swift") {
        OpenIn(folder, name, level, names);
      }
    }
    OpenIn(folder, "src/main.rs", level, names);
  }

  // Files that programs read without being told: a kubeconfig that names a login program.
  void LookForConfiguration(const Words& words) {
    for (const std::string& file : commands_.FilesFor(words)) {
      std::string path;
      if (!file.starts_with("~/")) {
        path = JoinPath(call_.workspace.empty() ? call_.folder : call_.workspace, file);
      } else if (!call_.home.empty()) {
        path = JoinPath(call_.home, file.substr(2));
      }
      const auto here = path.empty() ? std::nullopt : Here(path, file);
      // What it names is the program's, and not followed.
      if (here) Open(*here, limits_.levels, {});
    }
  }

  // Opens a file below a folder, unless the folder surely does not hold it.
  FileKind OpenIn(const std::string& folder, std::string_view name, int level, const Words& names) {
    while (name.starts_with("./")) name.remove_prefix(2);
    const std::string_view first = name.substr(0, name.find('/'));
    if (!first.empty() && first != ".." && first != "." && !files_.names().MayHold(folder, first)) {
      return FileKind::kNothing;
    }
    return Open(JoinPath(folder, name), level, names);
  }

  // Queues the text of the file, if it has one. If a file of the step cannot be read, the use is
  // unknown.
  FileKind Open(const std::string& path, int level, const Words& names) {
    if (use_ != TokenUse::kNone) return FileKind::kNothing;
    StepFile file = files_.Open(path, level == 0);
    if (file.kind == FileKind::kUnknown) use_ = TokenUse::kUnknown;
    if (file.kind == FileKind::kNamesVariables) use_ = TokenUse::kNamed;
    if (file.kind == FileKind::kText) Queue(std::move(file.text), path, level, names);
    return file.kind;
  }

  void Queue(std::string bytes, const std::string& path, int level, const Words& names) {
    Text text;
    text.bytes = std::move(bytes);
    text.name = LastPart(path);
    text.folder = FolderOf(path);
    text.ending = EndingOf(path);
    text.level = level;
    Words all = names;
    all.insert(all.end(), script_names_.begin(), script_names_.end());
    if (IsPackage(text.name)) {
      OpenWorkspaces(text, all);
      text.bytes = PackageScripts(text.bytes, all);
    } else if (level > 0) {
      text.bytes = RecipesOf(text.name, text.bytes, all);
    }
    if (text.ending == ".sh" || text.ending == ".json") text.ending.clear();
    texts_.push_back(std::move(text));
  }

  // The package.json files of a workspace's parts, if the names say that they run scripts in
  // several of them.
  void OpenWorkspaces(const Text& package, const Words& names) {
    constexpr std::string_view kInParts[] = {
        "-w",       "-ws",         "-r",        "-F",         "--workspace", "--workspaces",
        "--filter", "--recursive", "workspace", "workspaces", "foreach",     "turbo",
        "nx",       "lerna",       "rush",      "-C",         "--prefix"};
    const auto is_in_parts = [&](std::string_view word) {
      return std::find(std::begin(kInParts), std::end(kInParts), word) != std::end(kInParts);
    };
    if (std::none_of(names.begin(), names.end(), is_in_parts)) return;
    for (const std::string& pattern : PackageWorkspaces(package.bytes)) {
      const std::size_t star = pattern.find('*');
      const std::string folder = JoinPath(package.folder, pattern.substr(0, star));
      if (star == pattern.npos) {
        OpenIn(folder, "package.json", package.level, names);
        continue;
      }
      for (const std::string& part : files_.names().Names(folder)) {
        if (!part.starts_with('.')) {
          OpenIn(JoinPath(folder, part), "package.json", package.level, names);
        }
      }
    }
  }

  const StepCall& call_;
  const StepEnvironment environment_;
  const Commands commands_;
  const TokenUseLimits& limits_;
  StepFiles files_;
  std::deque<Text> texts_;     // that are still to be followed
  std::deque<Text> followed_;  // that were; words are views of them
  Words script_names_;
  TokenUse use_ = TokenUse::kNone;
};

}  // namespace

TokenUse FindTokenUse(const StepCall& call, const ConsumerList& list,
                      const std::vector<std::string>& consumers, const TokenUseLimits& limits) {
  return Follower(call, list, consumers, limits).Find();
}

}  // namespace jobwarden
