#include "verifier/exposure/blind_spot.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "verifier/exposure/command_reader.h"
#include "verifier/exposure/word.h"

namespace jobwarden {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
// How deep texts that commands hand to a shell may lie in each other.
constexpr int kMaxDepth = 8;

template <std::size_t N>
bool IsOneOf(std::string_view word, const std::string_view (&words)[N]) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

constexpr std::string_view kShells[] = {"bash", "sh", "dash", "ash", "zsh", "ksh"};
constexpr std::string_view kInterpreters[] = {"python", "python3", "node", "ruby",
                                              "perl",   "php",     "pwsh", "deno"};
constexpr std::string_view kFetchers[] = {"curl",
                                          "wget",
                                          "aria2c",
                                          "http",
                                          "https",
                                          "iwr",
                                          "irm",
                                          "Invoke-WebRequest",
                                          "Invoke-RestMethod"};
// What they print stands in the job, or in the checkout.
constexpr std::string_view kReadable[] = {"echo", "printf", "cat",  "sed",  "envsubst", "tr",
                                          "grep", "head",   "tail", "cut",  "tee",      "yes",
                                          "sort", "uniq",   "awk",  "find", "ls",       "true"};
// What stands before a command and is not it.
constexpr std::string_view kBefore[] = {
    "if",   "then",  "elif",   "else",   "do",     "while",   "until",   "!",       "{",
    "sudo", "doas",  "env",    "exec",   "time",   "nohup",   "command", "coproc",  "builtin",
    "nice", "xargs", "ionice", "setsid", "stdbuf", "timeout", "gosu",    "su-exec", "busybox"};
constexpr std::string_view kSystemFolders[] = {"bin", "sbin", "usr",  "lib", "lib32", "lib64",
                                               "etc", "dev",  "proc", "sys", "nix",   "snap"};

std::string_view BaseName(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool IsAssignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  return equals != kNowhere && equals > 0 &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(equals),
                     IsWordCharacter);
}

// Judges the commands of a text.
class Judge {
 public:
  Judge(std::string_view project, int depth) : project_(project), depth_(depth) {}

  BlindSpot Find(std::string_view commands) {
    CommandReader reader(commands, [&](const Command& command) {
      const Output output = Take(command);
      if (found_ != BlindSpot::kNone) reader.Stop();
      return output;
    });
    reader.Read();
    return found_;
  }

 private:
  void LookInto(std::string_view commands) {
    if (found_ != BlindSpot::kNone || depth_ == kMaxDepth) return;
    Judge inner(project_, depth_ + 1);
    inner.downloads_ = downloads_;
    inner.clones_ = clones_;
    inner.in_clone_ = in_clone_;
    found_ = inner.Find(commands);
  }

  // The first word that is a command, after what runs commands; an empty one where there is none.
  static CommandWord ProgramOf(const std::vector<CommandWord>& words,
                               std::size_t* index = nullptr) {
    bool operand_follows = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
      CommandWord word = words[i];
      // A recipe of make may begin with these, an item of YAML with the second.
      if (i == 0) word.text.erase(0, word.text.find_first_not_of("@-+"));
      if (word.redirects || IsAssignment(word.text) || (word.text.empty() && !word.runs)) continue;
      if (word.text.starts_with('-')) {
        const bool number_follows =
            i + 1 < words.size() && words[i + 1].text.find_first_not_of("0123456789") == kNowhere;
        if (word.text == "-u" || word.text == "-g" || word.text == "-I" || number_follows) ++i;
        continue;
      }
      if (operand_follows) {
        operand_follows = false;
        continue;
      }
      const std::string_view name = BaseName(word.text);
      if (IsOneOf(name, kBefore)) {
        operand_follows = name == "timeout" || name == "gosu" || name == "su-exec";
        continue;
      }
      if (index != nullptr) *index = i;
      return word;
    }
    return {};
  }

  Output Take(const Command& command) {
    std::size_t index = 0;
    const CommandWord program = ProgramOf(command.words, &index);
    if (program.text.empty()) return Output::kReadable;
    const std::vector<CommandWord> arguments(
        command.words.begin() + static_cast<std::ptrdiff_t>(index) + 1, command.words.end());
    const std::string_view name = BaseName(program.text);
    JudgePath(program.text);
    if (IsOneOf(name, kShells)) {
      LookInto(command.here_document);
      JudgeShell(arguments, command.gets_hidden_text);
    } else if (name == "eval") {
      for (const CommandWord& word : arguments) {
        if (word.fetched) found_ = BlindSpot::kPipedScript;
        if (!word.runs) LookInto(word.text);
      }
    } else if (name == "iex" || name == "Invoke-Expression") {
      const bool fetched = std::any_of(arguments.begin(), arguments.end(),
                                       [](const CommandWord& word) { return word.fetched; });
      if (command.gets_hidden_text || fetched) found_ = BlindSpot::kPipedScript;
    } else if (name == "source" || name == ".") {
      if (!arguments.empty() && !IsUsualSetting(arguments.front().text)) {
        JudgeScript(arguments.front());
      }
    } else if (IsOneOf(name, kInterpreters)) {
      if (!arguments.empty() && !arguments.front().text.starts_with('-')) {
        JudgePath(arguments.front().text);
        JudgeDownloaded(arguments.front().text);
      }
    } else if (IsOneOf(name, kFetchers)) {
      NoteDownloads(name, arguments);
    } else if (name == "git") {
      NoteClone(arguments);
    } else if (name == "cd") {
      in_clone_ = !arguments.empty() && IsInClone(arguments.front().text);
    }
    const bool is_path = program.text.find('/') != kNowhere;
    if (program.text.ends_with(".sh") || (is_path && IsInClone(program.text))) {
      JudgeDownloaded(program.text);
    }
    if (IsOneOf(name, kFetchers)) return Output::kFetched;
    return IsOneOf(name, kReadable) ? Output::kReadable : Output::kHidden;
  }

  void JudgeShell(const std::vector<CommandWord>& arguments, bool gets_hidden_text) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const CommandWord& word = arguments[i];
      if (word.redirects) {
        if (word.fetched) found_ = BlindSpot::kPipedScript;
        continue;
      }
      const bool is_option = word.text.size() > 1 && (word.text[0] == '-' || word.text[0] == '+');
      const bool is_cluster = is_option && word.text[1] != '-';
      if (is_cluster && word.text.ends_with('c')) {
        if (i + 1 == arguments.size()) return;
        if (arguments[i + 1].fetched) found_ = BlindSpot::kPipedScript;
        return LookInto(arguments[i + 1].text);
      }
      if (word.text == "-s" || word.text == "-" || word.text == "/dev/stdin") break;
      if (is_cluster && word.text.ends_with('o')) ++i;
      if (!is_option) return JudgeScript(word);
    }
    if (gets_hidden_text) found_ = BlindSpot::kPipedScript;
  }

  void JudgeScript(const CommandWord& script) {
    if (script.fetched || script.hidden) {
      found_ = BlindSpot::kPipedScript;
      return;
    }
    JudgePath(script.text);
    JudgeDownloaded(script.text);
  }

  void JudgeDownloaded(std::string_view path) {
    if (found_ != BlindSpot::kNone) return;
    if (IsInClone(path) || downloads_.contains(std::string(WithoutHere(path)))) {
      found_ = BlindSpot::kPipedScript;
    }
  }

  static std::string_view WithoutHere(std::string_view path) {
    return path.starts_with("./") ? path.substr(2) : path;
  }

  // Whether a relative path leads into what the commands cloned.
  bool IsInClone(std::string_view path) const {
    if (path.starts_with('/') || path.starts_with("..")) return false;
    const std::string_view here = WithoutHere(path);
    return in_clone_ || clones_.contains(std::string(here.substr(0, here.find('/'))));
  }

  // `git clone [options] URL [FOLDER]`
  void NoteClone(const std::vector<CommandWord>& arguments) {
    const auto is = [](std::string_view word) {
      return [=](const CommandWord& each) { return each.text == word; };
    };
    const auto is_url = [](const CommandWord& each) {
      return each.text.find("://") != kNowhere || each.text.ends_with(".git");
    };
    const auto clone = std::find_if(arguments.begin(), arguments.end(), is("clone"));
    const auto url = std::find_if(clone, arguments.end(), is_url);
    if (url == arguments.end()) return;
    std::string_view folder = BaseName(url->text);
    if (folder.ends_with(".git")) folder.remove_suffix(4);
    const auto next = url + 1;
    if (next != arguments.end() && !next->redirects && !next->text.starts_with('-')) {
      folder = WithoutHere(next->text);
      folder = folder.substr(0, folder.find('/'));
    }
    if (!folder.empty() && folder != ".") clones_.emplace(folder);
  }

  void JudgePath(std::string_view path) {
    if (!path.starts_with('/') || found_ != BlindSpot::kNone) return;
    const bool of_project = !project_.empty() && path.starts_with(project_) &&
                            path.substr(project_.size()).starts_with('/');
    const std::string_view folder = path.substr(1, path.find('/', 1) - 1);
    if (of_project || folder.empty() || IsOneOf(folder, kSystemFolders)) return;
    found_ = BlindSpot::kProgramElsewhere;
  }

  // A file that sets a shell up, as every installer leaves one; or the file of GITLAB_ENV, which
  // GitLab Runner reads itself before the job's own lines.
  static bool IsUsualSetting(std::string_view path) {
    const std::string_view name = BaseName(path);
    return name == "activate" || name == "env" || name == "gitlab_runner_env" ||
           name.starts_with('.');
  }

  void NoteDownloads(std::string_view program, const std::vector<CommandWord>& arguments) {
    bool names_file = program == "wget";
    std::string url_name;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const std::string& text = arguments[i].text;
      const bool curl_option = text == "-o" || text == "--output" || text == "-OutFile";
      const bool cluster = text.size() > 2 && text[0] == '-' && text[1] != '-';
      if (curl_option || (program == "wget" && text == "-O") || text == "--output-document" ||
          (cluster && text.ends_with(program == "wget" ? 'O' : 'o'))) {
        if (i + 1 < arguments.size()) AddDownload(arguments[++i].text);
      } else if (text == "-O" || text == "--remote-name" || (cluster && text.ends_with('O'))) {
        names_file = true;
      } else if (text.find("://") != kNowhere) {
        url_name = BaseName(text.substr(0, text.find('?')));
      } else if (arguments[i].redirects) {
        AddDownload(text);
      }
    }
    if (names_file) AddDownload(url_name);
  }

  void AddDownload(std::string_view path) {
    if (!path.empty()) downloads_.emplace(WithoutHere(path));
  }

  std::string_view project_;
  int depth_;
  std::set<std::string> downloads_;
  std::set<std::string> clones_;  // folders; of a deeper one the first part of its path
  bool in_clone_ = false;         // `cd` led into one
  BlindSpot found_ = BlindSpot::kNone;
};

}  // namespace

BlindSpot FindBlindSpot(std::string_view commands, std::string_view project) {
  return Judge(project, 0).Find(commands);
}

}  // namespace jobwarden
