#include "executor/received/script_variables.h"

#include <optional>
#include <string>
#include <utility>

namespace jobwarden {
namespace {

// Walks over text; each step either takes what it looks for, or leaves the position and says so.
class Cursor {
 public:
  Cursor(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  std::string_view rest() const { return text_.substr(at_); }
  bool Sees(std::string_view expected) const { return rest().starts_with(expected); }

  bool Take(std::string_view expected) {
    if (!Sees(expected)) return false;
    at_ += expected.size();
    return true;
  }
  std::string_view Take(std::size_t length) {
    at_ += length;
    return text_.substr(at_ - length, length);
  }
  std::optional<std::string> TakeWord(Quoting quoting) {
    const std::size_t length = WordLength(rest(), quoting);
    if (length == 0) return std::nullopt;
    return DecodeWord(Take(length), quoting);
  }
  // A text in double quotes on one line, where `escape` takes the meaning from the next character.
  // Empty: there is none.
  std::string_view TakeQuoted(char escape) {
    if (!Sees("\"")) return {};
    const std::string_view text = rest();
    const std::string_view line = text.substr(0, text.find('\n'));
    for (std::size_t i = 1; i < line.size(); ++i) {
      if (line[i] == '"') return Take(i + 1);
      if (line[i] == escape) ++i;
    }
    return {};
  }

 private:
  std::string_view text_;
  std::size_t at_;
};

std::optional<Variable> TakeExport(Cursor& cursor, Quoting quoting) {
  if (!cursor.Take("export ")) return std::nullopt;
  auto name = cursor.TakeWord(quoting);
  if (!name || !cursor.Take("=")) return std::nullopt;
  auto value = cursor.TakeWord(quoting);
  if (!value) return std::nullopt;
  Variable variable{std::move(*name), Secret(std::move(*value)), false};
  if (!cursor.Take("\n")) return std::nullopt;
  return variable;
}

std::optional<Variable> TakeFile(Cursor& cursor, Quoting quoting) {
  if (!cursor.Take("mkdir -p ") || cursor.TakeQuoted('\\').empty()) return std::nullopt;
  if (!cursor.Take("\nprintf '%s' ") && !cursor.Take("\necho -n ")) return std::nullopt;
  auto content = cursor.TakeWord(quoting);
  if (!content) return std::nullopt;
  Variable variable{"", Secret(std::move(*content)), true};
  if (!cursor.Take(" > ")) return std::nullopt;
  const std::string_view path = cursor.TakeQuoted('\\');
  if (path.empty() || !cursor.Take("\nexport ")) return std::nullopt;
  auto name = cursor.TakeWord(quoting);
  if (!name || !cursor.Take("=") || !cursor.Take(path) || !cursor.Take("\n")) return std::nullopt;
  variable.name = std::move(*name);
  return variable;
}

constexpr std::string_view kSmartQuotes[] = {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E"};

// The text of a string in PowerShell's double quotes; nothing when PowerShell would put something
// in its place, or might read its end elsewhere.
std::optional<std::string> DecodePowerShell(std::string_view quoted) {
  if (quoted.size() < 2) return std::nullopt;
  const std::string_view body = quoted.substr(1, quoted.size() - 2);
  constexpr std::string_view kLetters = "abefnrtv";
  constexpr std::string_view kMeanings = "\a\b\x1B\f\n\r\t\v";
  std::string text;
  text.reserve(body.size());
  for (std::size_t at = 0; at < body.size(); ++at) {
    bool bad = body[at] == '$';
    for (const std::string_view quote : kSmartQuotes) {
      bad = bad || body.substr(at).starts_with(quote);
    }
    if (bad) return std::nullopt;
    if (body[at] != '`') {
      text += body[at];
      continue;
    }
    const char c = body[++at];
    const std::size_t letter = kLetters.find(c);
    text += letter == std::string_view::npos ? c : kMeanings[letter];
    for (const std::string_view quote : kSmartQuotes) {
      if (!body.substr(at).starts_with(quote)) continue;
      text += quote.substr(1);
      at += quote.size() - 1;
    }
  }
  return text;
}

// `${NAME}` or `$NAME`, with `env:` before the name where `prefix` says so. Before 18.11 runners
// wrote no braces.
std::string_view TakeVariableName(Cursor& cursor, std::string_view prefix) {
  if (!cursor.Take("$")) return {};
  const bool braces = cursor.Take("{");
  if (!cursor.Take(prefix)) return {};
  const std::size_t length = cursor.rest().find_first_of(braces ? "}\n" : "=\n");
  if (length == std::string_view::npos || length == 0) return {};
  const std::string_view name = cursor.Take(length);
  return braces && !cursor.Take("}") ? std::string_view() : name;
}

bool TakeExportOf(Cursor& cursor, std::string_view name) {
  return TakeVariableName(cursor, "env:") == name && cursor.Take("=") &&
         TakeVariableName(cursor, "") == name && cursor.Take("\n");
}

// A path: a string, or a call that resolves one (FF_USE_POWERSHELL_PATH_RESOLVER).
std::string_view TakePath(Cursor& cursor) {
  const Cursor start = cursor;
  const bool call = cursor.Take(kPowerShellPathResolver);
  if (cursor.TakeQuoted('`').empty() || (call && !cursor.Take(")"))) return {};
  return start.rest().substr(0, cursor.at() - start.at());
}

std::optional<Variable> TakeAssignment(Cursor& cursor) {
  const std::string_view name = TakeVariableName(cursor, "");
  if (name.empty() || !cursor.Take("=")) return std::nullopt;
  auto value = DecodePowerShell(cursor.TakeQuoted('`'));
  if (!value) return std::nullopt;
  Variable variable{std::string(name), Secret(std::move(*value)), false};
  if (!cursor.Take("\n") || !TakeExportOf(cursor, name)) return std::nullopt;
  return variable;
}

std::optional<Variable> TakePowerShellFile(Cursor& cursor) {
  if (!cursor.Take("New-Item -ItemType directory -Force -Path ") || TakePath(cursor).empty() ||
      !cursor.Take(" | out-null\n[System.IO.File]::WriteAllText(")) {
    return std::nullopt;
  }
  const std::string_view path = TakePath(cursor);
  if (path.empty() || !cursor.Take(", ")) return std::nullopt;
  auto content = DecodePowerShell(cursor.TakeQuoted('`'));
  if (!content) return std::nullopt;
  Variable variable{"", Secret(std::move(*content)), true};
  if (!cursor.Take(")\n")) return std::nullopt;
  variable.name = TakeVariableName(cursor, "");
  if (variable.name.empty() || !cursor.Take("=") || !cursor.Take(path) || !cursor.Take("\n") ||
      !TakeExportOf(cursor, variable.name)) {
    return std::nullopt;
  }
  return variable;
}

// Reads variables with `take` until it finds none.
template <class Take>
ScriptVariables ReadVariables(std::string_view script, std::size_t begin, const Take& take) {
  ScriptVariables read;
  read.end = begin;
  for (;;) {
    Cursor cursor(script, read.end);
    auto variable = take(cursor);
    if (!variable) break;
    read.variables.push_back(std::move(*variable));
    read.slices.push_back({read.end, cursor.at()});
    read.end = cursor.at();
  }
  return read;
}

void LeaveGitLabEnvToTheCommands(ScriptVariables& read) {
  if (read.variables.empty() || read.variables.back().name != "GITLAB_ENV") return;
  read.end = read.slices.back().begin;
  read.variables.pop_back();
  read.slices.pop_back();
}

}  // namespace

ScriptVariables ReadShellVariables(std::string_view script, Quoting quoting) {
  ScriptVariables read = ReadVariables(script, 0, [quoting](Cursor& cursor) {
    Cursor before = cursor;
    auto variable = TakeExport(cursor, quoting);
    if (variable) return variable;
    cursor = before;
    return TakeFile(cursor, quoting);
  });
  // Only the runner's own lines can stand here: a job's lines follow an echo.
  Cursor rest(script, read.end);
  const bool file = rest.Take("mkdir -p ") && !rest.TakeQuoted('\\').empty() && rest.Take("\n") &&
                    (rest.Sees("printf '%s' ") || rest.Sees("echo -n "));
  read.understood = !file && !script.substr(read.end).starts_with("export ");
  LeaveGitLabEnvToTheCommands(read);
  return read;
}

ScriptVariables ReadPowerShellVariables(std::string_view script, std::size_t begin) {
  ScriptVariables read = ReadVariables(script, begin, [](Cursor& cursor) {
    Cursor before = cursor;
    auto variable = TakeAssignment(cursor);
    if (variable) return variable;
    cursor = before;
    return TakePowerShellFile(cursor);
  });
  read.understood = !script.substr(read.end).starts_with("$");
  LeaveGitLabEnvToTheCommands(read);
  return read;
}

std::string EscapeForPowerShell(std::string_view text) {
  constexpr std::string_view kSpecial = "`\a\b\f\r\n\t\v#'\"$";
  constexpr std::string_view kLetters = "`abfrntv#'\"$";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const std::size_t special = kSpecial.find(c);
    if (special == std::string_view::npos) {
      out += c;
    } else {
      out += {'`', kLetters[special]};
    }
  }
  return out;
}

}  // namespace jobwarden
