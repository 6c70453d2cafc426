#include "tests/support/script_writer.h"

namespace jobwarden::testing {
namespace {

constexpr char kGreen[] = "\x1b[32;1m";
constexpr char kReset[] = "\x1b[0;m";
// What needs no quotes in a word: in each quoting another set, and the oldest runner quotes also
// what is in lower case.
constexpr char kBareInOldAnsi[] = ",-./0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr char kBareInAnsi[] =
    ",-./0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
constexpr char kQuotedInPosix[] = " !#%&()*<=>?[|`\"\\$";

bool IsNameLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// $'…', whose escapes a newer runner has more of.
std::string AnsiWord(std::string_view text, bool all_escapes) {
  std::string word = "$'";
  for (const char c : text) {
    constexpr std::string_view kFrom = "\a\b\v\f\t\n\r'\\";
    constexpr std::string_view kTo = "abvftnr'\\";
    const auto at = kFrom.find(c);
    const auto byte = static_cast<unsigned char>(c);
    if (at != kFrom.npos && (all_escapes || at >= 4)) {
      word += {'\\', kTo[at]};
    } else if (byte < 0x20 || byte >= 0x7f) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      word += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 0xfU]};
    } else {
      word += c;
    }
  }
  return word + "'";
}

std::string PosixWord(std::string_view text) {
  std::string word = "\"";
  for (const char c : text) {
    if (std::string_view("`\"\\$").find(c) != std::string_view::npos) {
      word += '\\';
    }
    word += c;
  }
  return word + "\"";
}

std::string PwshWord(std::string_view text) {
  std::string word = "\"";
  for (const char c : text) {
    constexpr std::string_view kFrom = "`'\"#$\a\b\f\n\r\t\v";
    constexpr std::string_view kTo = "`'\"#$abfnrtv";
    const auto at = kFrom.find(c);
    if (at != kFrom.npos) {
      word += {'`', kTo[at]};
    } else {
      word += c;
    }
  }
  return word + "\"";
}

bool IsOn(const std::vector<Variable>& variables, std::string_view key) {
  const Variable* variable = FindLast(variables, key);
  return variable != nullptr && variable->value == "true";
}

std::string Replacement(const std::vector<Variable>& variables, std::string_view name,
                        Runner runner, std::string_view temporary_dir) {
  const Variable* variable = FindLast(variables, name);
  if (variable == nullptr) {
    return "";
  }
  if (variable->file && runner != Runner::k14_10) {
    return std::string(temporary_dir) + "/" + variable->key;
  }
  return variable->value;
}

}  // namespace

const Variable* FindLast(const std::vector<Variable>& variables, std::string_view key) {
  for (auto it = variables.rbegin(); it != variables.rend(); ++it) {
    if (it->key == key) {
      return &*it;
    }
  }
  return nullptr;
}

std::vector<Variable> Expand(const std::vector<Variable>& variables, Runner runner,
                             std::string_view temporary_dir) {
  std::vector<Variable> expanded = variables;
  for (Variable& variable : expanded) {
    if (variable.raw) {
      continue;
    }
    const std::string from = std::move(variable.value);
    std::string to;
    for (std::size_t at = 0; at < from.size();) {
      const bool braced = from.compare(at, 2, "${") == 0;
      const std::size_t begin = at + (braced ? 2 : 1);
      std::size_t end = begin;
      while (from[at] == '$' && end < from.size() && IsNameLetter(from[end])) {
        ++end;
      }
      const bool closed = !braced || (end < from.size() && from[end] == '}');
      if (end > begin && closed) {
        to += Replacement(variables, std::string_view(from).substr(begin, end - begin), runner,
                          temporary_dir);
        at = end + (braced ? 1 : 0);
      } else {
        to += from[at++];
      }
    }
    variable.value = std::move(to);
  }
  return expanded;
}

ScriptWriter::ScriptWriter(Runner runner, Shell shell, const std::vector<Variable>& expanded)
    : runner_(runner),
      shell_(shell),
      posix_words_(IsOn(expanded, "FF_POSIXLY_CORRECT_ESCAPES")),
      trace_(IsOn(expanded, "CI_DEBUG_TRACE")),
      eval_begin_(": | eval ") {
  if (runner == Runner::k19_4 && !IsOn(expanded, "FF_USE_LEGACY_BASH_EVAL")) {
    eval_begin_ = "(trap 'exit 1' TERM; eval ";
    eval_end_ = ") < /dev/null";
  } else if (runner != Runner::k19_4 && IsOn(expanded, "FF_USE_NEW_BASH_EVAL_STRATEGY")) {
    eval_begin_ = ": | (eval ";
    eval_end_ = ")";
  }
}

std::string ScriptWriter::Word(std::string_view text) const {
  if (shell_ == Shell::kPwsh) {
    return PwshWord(text);
  }
  if (text.empty()) {
    return "''";
  }
  const bool newer = runner_ != Runner::k14_10;
  const bool bare = posix_words_
                        ? text.find_first_of(kQuotedInPosix) == text.npos
                        : text.find_first_not_of(newer ? kBareInAnsi : kBareInOldAnsi) == text.npos;
  if (bare) {
    return std::string(text);
  }
  return posix_words_ ? PosixWord(text) : AnsiWord(text, newer);
}

void ScriptWriter::Line(const std::string& text) {
  body_ += text + "\n";
}

void ScriptWriter::Export(const std::string& key, const std::string& word) {
  if (shell_ == Shell::kPwsh) {
    Line("${" + key + "}=" + word);
    Line("${env:" + key + "}=${" + key + "}");
  } else {
    Line("export " + key + "=" + word);
  }
}

void ScriptWriter::CheckForErrors() {
  if (shell_ == Shell::kPwsh) {
    Line("if(!$?) { Exit &{if($LASTEXITCODE) {$LASTEXITCODE} else {1}} }\n");
  }
}

void ScriptWriter::Variables(const std::vector<Variable>& expanded,
                             const std::string& temporary_dir, bool files_exist) {
  const bool pwsh = shell_ == Shell::kPwsh;
  const std::string make_dir =
      pwsh ? "New-Item -ItemType directory -Force -Path \"" + temporary_dir + "\" | out-null"
           : "mkdir -p \"" + temporary_dir + "\"";
  for (const Variable& variable : expanded) {
    const std::string path = temporary_dir + "/" + variable.key;
    if (!variable.file) {
      Export(variable.key, Word(variable.value));
    } else if (files_exist) {
      Export(variable.key, Word(path));
    } else {
      Line(make_dir);
      Line(pwsh ? "[System.IO.File]::WriteAllText(\"" + path + "\", " + Word(variable.value) + ")"
                : "printf '%s' " + Word(variable.value) + " > \"" + path + "\"");
      Export(variable.key, "\"" + path + "\"");
    }
  }
  if (runner_ != Runner::k14_10) {
    Export("GITLAB_ENV", Word(temporary_dir + "/gitlab_runner_env"));
    Line(make_dir);
    ReadGitLabEnv(temporary_dir + "/gitlab_runner_env");
  }
}

void ScriptWriter::ReadGitLabEnv(const std::string& file) {
  const std::string quoted = "\"" + file + "\"";
  if (shell_ == Shell::kPwsh) {
    Line("if(!(Test-Path " + quoted + ")) { New-Item -ItemType file -Force " + quoted +
         " | out-null }");
    Line("Try { Get-Content " + quoted +
         " | ForEach { $k, $v = $_.split('='); Set-Content env:\\$k $v} } Catch {");
    Line("  echo \"\x1b[0;33mUnable to read env file: `\"" + file + "`\"" + kReset + "\"\n}");
    return;
  }
  Line("touch " + quoted);
  if (runner_ == Runner::k17_2) {
    Line("set -o allexport\nsource " + quoted + " set\nset +o allexport");
  } else {
    Line("while read -r line; do export \"$line\"; done < " + quoted);
  }
}

void ScriptWriter::ChangeFolder(const std::string& folder) {
  if (runner_ == Runner::k14_10) {
    Line(Word("cd") + " \"" + folder + "\"");
  } else {
    Line("cd " + Word(folder));
  }
  CheckForErrors();
}

void ScriptWriter::Notice(const std::string& text) {
  Line("echo " + Word(kGreen + text + kReset));
}

void ScriptWriter::Commands(const std::vector<std::string>& commands) {
  for (const std::string& command : commands) {
    const auto end = command.find('\n');
    Notice("$ " + command.substr(0, end) +
           (end == command.npos ? "" : " # collapsed multi-line command"));
    Line(command);
    CheckForErrors();
  }
}

void ScriptWriter::RemoveFile(const std::string& path) {
  switch (runner_) {
    case Runner::k14_10:
      Line(Word("rm") + " \"-f\" \"" + path + "\"");
      break;
    case Runner::k17_2:
      Line("rm -f " + Word(path));
      break;
    case Runner::k19_4:
      Line(shell_ == Shell::kPwsh ? "Remove-Item -Force \"" + path + "\""
                                  : "rm \"-f\" \"" + path + "\"");
      break;
  }
}

std::string ScriptWriter::Script() const {
  if (shell_ == Shell::kPwsh) {
    return "#!/usr/bin/env pwsh\n& {\n\n$ErrorActionPreference = \"Stop\"\n" + body_ + "\n}\n\n";
  }
  const bool newest = runner_ == Runner::k19_4;
  std::string script = shell_ == Shell::kSh ? "#!/usr/bin/env sh\n\n" : "#!/usr/bin/env bash\n\n";
  script += newest ? "trap 'exit 1' TERM\n\n" : "";
  script += trace_ ? "set -o xtrace\n" : "";
  script += newest ? "case \"$(set -o)\" in *\"pipefail\"*) set -o pipefail;; esac;"
                   : "if set -o | grep pipefail > /dev/null; then set -o pipefail; fi;";
  script += " set -o errexit\nset +o noclobber\n";
  return script + eval_begin_ + Word(body_) + eval_end_ + "\nexit 0\n";
}

}  // namespace jobwarden::testing
