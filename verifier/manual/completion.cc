#include "verifier/manual/completion.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

// A text in single quotes, for each of the shells.
std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// fish's single quotes know two escapes.
std::string FishQuoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

// The first sentence: what fits on a line beside an option. A dot inside a name ends nothing.
std::string Brief(std::string_view text) {
  std::size_t at = 0;
  for (; (at = text.find_first_of(";.:\n", at)) != text.npos; at++) {
    if (at + 1 == text.size() || text[at + 1] == ' ' || text[at] == '\n') break;
  }
  return std::string(text.substr(0, at));
}

std::vector<std::string> OptionNames(const CommandReference& command) {
  std::vector<std::string> names;
  for (const OptionReference& each : command.options) {
    names.insert(names.end(), each.names.begin(), each.names.end());
  }
  return names;
}

std::vector<std::string> CommandNames(const CommandReference& command) {
  std::vector<std::string> names;
  for (const CommandReference& each : command.commands) names.push_back(each.name);
  return names;
}

// Calls `each` with the words that lead to a command, and the command: the program itself first.
template <class Each>
void ForEach(const CommandReference& command, const std::string& path, const Each& each) {
  each(path, command);
  for (const CommandReference& below : command.commands) {
    ForEach(below, path.empty() ? below.name : path + " " + below.name, each);
  }
}

// What completes a value, as a command of bash that fills COMPREPLY; empty: nothing is known.
std::string BashValue(const OptionReference& option) {
  if (TakesFile(option)) return "COMPREPLY=($(compgen -f -- \"$word\"))";
  if (TakesFolder(option)) return "COMPREPLY=($(compgen -d -- \"$word\"))";
  const auto words = WordsOf(option);
  if (words.empty()) return "COMPREPLY=()";
  return fmt::format("COMPREPLY=($(compgen -W {} -- \"$word\"))", Quoted(Join(words, " ")));
}

// Words that complete what stands by itself: commands, and the words of a positional.
std::string BashPlain(const CommandReference& command) {
  for (const OptionReference& each : command.options) {
    if (each.names.empty()) return BashValue(each);
  }
  return fmt::format("COMPREPLY=($(compgen -W {} -- \"$word\"))",
                     Quoted(Join(CommandNames(command), " ")));
}

std::string ZshValue(const OptionReference& option) {
  if (TakesFile(option)) return "_files";
  if (TakesFolder(option)) return "_files -/";
  const auto words = WordsOf(option);
  return words.empty() ? " " : fmt::format("({})", Join(words, " "));
}

// zsh reads brackets and colons of a description as its own.
std::string ZshText(std::string_view text) {
  std::string safe;
  for (const char c : Brief(text)) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string ZshFunction(std::string_view program, std::string_view path) {
  std::string name = fmt::format("_{}", program);
  if (!path.empty()) name += fmt::format("_{}", path);
  for (char& c : name) {
    if (c == ' ') c = '_';
  }
  return name;
}

std::string ZshOptions(const CommandReference& program, const CommandReference& command) {
  std::string lines;
  int word = 0;
  const auto add = [&](const CommandReference& from) {
    for (const OptionReference& each : from.options) {
      for (const std::string& name : each.names) {
        std::string spec =
            fmt::format("{}{}[{}]", each.repeats ? "*" : "", name, ZshText(each.text));
        if (!each.value.empty()) spec += fmt::format(":{}:{}", each.names[0], ZshValue(each));
        lines += fmt::format(" \\\n    {}", Quoted(spec));
      }
      if (each.names.empty()) {
        const std::string place = each.repeats ? "*" : fmt::format("{}", ++word);
        lines += fmt::format(" \\\n    {}", Quoted(fmt::format("{}: :{}", place, ZshValue(each))));
      }
    }
  };
  add(command);
  if (&program != &command) add(program);
  return lines;
}

}  // namespace

std::string BashCompletion(const CommandReference& program) {
  std::string text = fmt::format("# bash completion for {0}\n_{0}() {{\n", program.name);
  text +=
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} path= each\n"
      "  local -i i\n"
      "  COMPREPLY=()\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    each=${COMP_WORDS[i]}\n"
      "    case \"$path $each\" in\n";
  ForEach(program, "", [&](const std::string& path, const CommandReference&) {
    if (path.empty()) return;
    const std::string key = path.find(' ') == std::string::npos ? " " + path : path;
    text += fmt::format("      {}) path={} ;;\n", Quoted(key), Quoted(path));
  });
  text += "    esac\n  done\n  case \"$path:$before\" in\n";
  ForEach(program, "", [&](const std::string& path, const CommandReference& command) {
    for (const OptionReference& each : command.options) {
      if (each.value.empty()) continue;
      for (const std::string& name : each.names) {
        // The program's own options stand anywhere.
        const std::string where = path.empty() ? "*" : Quoted(path);
        text += fmt::format("    {}:{}) {}; return ;;\n", where, name, BashValue(each));
      }
    }
  });
  text += "  esac\n  case \"$path\" in\n";
  const std::string common = Join(OptionNames(program), " ");
  ForEach(program, "", [&](const std::string& path, const CommandReference& command) {
    std::string names = path.empty() ? "" : Join(OptionNames(command), " ") + " ";
    text += fmt::format(
        "    {})\n      case \"$word\" in\n"
        "        -*) COMPREPLY=($(compgen -W {} -- \"$word\")) ;;\n        *) {} ;;\n      esac "
        ";;\n",
        Quoted(path), Quoted(names + common), BashPlain(command));
  });
  return text + fmt::format("  esac\n}}\ncomplete -o filenames -F _{0} {0}\n", program.name);
}

std::string ZshCompletion(const CommandReference& program) {
  std::string text = fmt::format("#compdef {}\n", program.name);
  ForEach(program, "", [&](const std::string& path, const CommandReference& command) {
    text += fmt::format("{}() {{\n", ZshFunction(program.name, path));
    if (command.commands.empty()) {
      text += fmt::format("  _arguments -s{}\n}}\n", ZshOptions(program, command));
      return;
    }
    text +=
        "  local -a commands\n  local context state state_descr line\n"
        "  typeset -A opt_args\n  commands=(\n";
    for (const CommandReference& below : command.commands) {
      text += fmt::format("    {}\n", Quoted(below.name + ":" + ZshText(below.text)));
    }
    text += fmt::format(
        "  )\n  _arguments -C{} \\\n    '1: :->command' \\\n    '*:: :->arguments'\n"
        "  case $state in\n    command) _describe command commands ;;\n"
        "    arguments)\n      case $words[1] in\n",
        ZshOptions(program, command));
    for (const CommandReference& below : command.commands) {
      const std::string deeper = path.empty() ? below.name : path + " " + below.name;
      text += fmt::format("        {}) {} ;;\n", below.name, ZshFunction(program.name, deeper));
    }
    text += "      esac ;;\n  esac\n}\n";
  });
  return text + fmt::format("_{} \"$@\"\n", program.name);
}

std::string FishCompletion(const CommandReference& program) {
  std::string text = fmt::format("# fish completion for {0}\ncomplete -c {0} -f\n", program.name);
  ForEach(program, "", [&](const std::string& path, const CommandReference& command) {
    std::string condition;
    for (std::string_view rest = path; !rest.empty();) {
      const std::string_view name = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), name.size() + 1));
      if (!condition.empty()) condition += "; and ";
      condition += fmt::format("__fish_seen_subcommand_from {}", name);
    }
    const std::string begin = fmt::format("complete -c {}{}", program.name,
                                          condition.empty() ? "" : " -n " + FishQuoted(condition));
    for (const CommandReference& below : command.commands) {
      const std::string none =
          fmt::format("not __fish_seen_subcommand_from {}", Join(CommandNames(command), " "));
      text += fmt::format(
          "complete -c {} -n {} -a {} -d {}\n", program.name,
          FishQuoted(condition.empty() ? none : fmt::format("{}; and {}", condition, none)),
          below.name, FishQuoted(Brief(below.text)));
    }
    for (const OptionReference& each : command.options) {
      std::string value;
      if (TakesFile(each)) value = " -F";
      if (TakesFolder(each)) value = " -a '(__fish_complete_directories)'";
      if (const auto words = WordsOf(each); !words.empty()) {
        value = " -a " + FishQuoted(Join(words, " "));
      }
      if (each.names.empty()) {
        if (!value.empty()) text += fmt::format("{}{}\n", begin, value);
        continue;
      }
      for (const std::string& name : each.names) {
        const bool is_long = name.starts_with("--");
        // `-x`: a value, and no files but those of `-F`, although the command takes files itself.
        text += fmt::format("{} {} {}{}{} -d {}\n", begin, is_long ? "-l" : "-s",
                            name.substr(is_long ? 2 : 1),
                            each.value.empty() ? ""
                            : TakesFile(each)  ? " -r"
                                               : " -x",
                            value, FishQuoted(Brief(each.text)));
      }
    }
  });
  return text;
}

}  // namespace jobwarden
