#include "executor/received/shell_word.h"

#include <array>

#include "verifier/base/secret.h"

namespace jobwarden {
namespace {

enum class Form : char {
  kBare,       // stands for itself, needs no quotes
  kQuoted,     // stands for itself inside quotes
  kBackslash,  // a backslash before it
  kHex,        // \xHH
  // Every other value is the letter after a backslash: \n.
};
using Table = std::array<char, 256>;

constexpr void Put(Table& table, std::string_view bytes, Form form) {
  for (const char c : bytes) table[static_cast<unsigned char>(c)] = static_cast<char>(form);
}

constexpr std::string_view kUpperAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789,-./@_";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";

constexpr Table MakeAnsiC(bool fourteen) {
  Table table{};
  for (char& form : table) form = static_cast<char>(Form::kHex);
  for (unsigned char c = ' '; c <= '~'; ++c) table[c] = static_cast<char>(Form::kQuoted);
  Put(table, kUpperAndDigits, Form::kBare);
  if (!fourteen) Put(table, kLower, Form::kBare);
  Put(table, "'\\", Form::kBackslash);
  table['\t'] = 't';
  table['\n'] = 'n';
  table['\r'] = 'r';
  if (!fourteen) {
    table['\a'] = 'a';
    table['\b'] = 'b';
    table['\v'] = 'v';
    table['\f'] = 'f';
  }
  return table;
}

constexpr Table MakePosix() {
  Table table{};  // all bare
  Put(table, " !#%&()*<=>?[|", Form::kQuoted);
  Put(table, "`\"\\$", Form::kBackslash);
  return table;
}

constexpr Table kTables[] = {MakeAnsiC(false), MakeAnsiC(true), MakePosix()};

const Table& TableOf(Quoting quoting) {
  return kTables[static_cast<int>(quoting)];
}
char FormOf(const Table& table, char c) {
  return table[static_cast<unsigned char>(c)];
}
bool Is(char form, Form wanted) {
  return form == static_cast<char>(wanted);
}
std::string_view OpeningOf(Quoting quoting) {
  return quoting == Quoting::kPosix ? "\"" : "$'";
}

constexpr std::string_view kHexDigits = "0123456789abcdef";

void AppendEscaped(std::string& out, std::string_view text, const Table& table) {
  for (const char c : text) {
    const char form = FormOf(table, c);
    if (Is(form, Form::kHex)) {
      const auto byte = static_cast<unsigned char>(c);
      out += {'\\', 'x', kHexDigits[byte >> 4U], kHexDigits[byte & 15U]};
    } else if (Is(form, Form::kBackslash)) {
      out += {'\\', c};
    } else if (Is(form, Form::kBare) || Is(form, Form::kQuoted)) {
      out += c;
    } else {
      out += {'\\', form};
    }
  }
}

std::size_t EscapedSize(std::string_view text, const Table& table) {
  std::size_t size = 0;
  for (const char c : text) {
    const char form = FormOf(table, c);
    size += Is(form, Form::kHex) ? 4 : Is(form, Form::kBare) || Is(form, Form::kQuoted) ? 1 : 2;
  }
  return size;
}

bool AllBare(std::string_view text, const Table& table) {
  for (const char c : text) {
    if (!Is(FormOf(table, c), Form::kBare)) return false;
  }
  return true;
}

// The character that the escape after a backslash at `at` stands for; moves `at` past it. An escape
// that no quoting writes gives some character, whose word is then another than the one read.
char Unescape(std::string_view body, std::size_t& at, bool posix) {
  const char c = body[at++];
  if (posix) return c;
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case 'x': {
      unsigned byte = 0;
      for (int i = 0; i < 2 && at < body.size(); ++i, ++at) {
        byte = byte << 4U | static_cast<unsigned>(kHexDigits.find(body[at]) & 15U);
      }
      return static_cast<char>(byte);
    }
    default:
      return c;
  }
}

}  // namespace

std::string EscapeInWord(std::string_view text, Quoting quoting) {
  std::string out;
  out.reserve(EscapedSize(text, TableOf(quoting)));
  AppendEscaped(out, text, TableOf(quoting));
  return out;
}

std::string EncodeWord(std::string_view text, Quoting quoting) {
  if (text.empty()) return "''";
  const Table& table = TableOf(quoting);
  if (AllBare(text, table)) return std::string(text);
  const std::string_view opening = OpeningOf(quoting);
  std::string out;
  out.reserve(EscapedSize(text, table) + opening.size() + 1);
  out = opening;
  AppendEscaped(out, text, table);
  out += opening.back();
  return out;
}

std::size_t WordLength(std::string_view text, Quoting quoting) {
  const std::string_view opening = OpeningOf(quoting);
  if (text.starts_with(opening)) {
    for (std::size_t at = opening.size(); at < text.size(); ++at) {
      if (text[at] == opening.back()) return at + 1;
      if (text[at] == '\\') ++at;
    }
    return 0;
  }
  if (quoting != Quoting::kPosix && text.starts_with("''")) return 2;
  const Table& table = TableOf(quoting);
  std::size_t length = 0;
  while (length < text.size() && Is(FormOf(table, text[length]), Form::kBare)) ++length;
  const std::size_t line_end = text.substr(0, length).rfind('\n');
  if (line_end == std::string_view::npos) return length;
  const std::string_view next = text.substr(line_end + 1);
  if (next.starts_with("export ") || next.starts_with("mkdir -p ")) return line_end;
  return text.find('\n');
}

std::optional<std::string> DecodeWord(std::string_view word, Quoting quoting) {
  const std::string_view opening = OpeningOf(quoting);
  std::string text;
  if (word.size() > opening.size() && word.starts_with(opening) && word.ends_with(opening.back())) {
    const std::string_view body = word.substr(opening.size(), word.size() - opening.size() - 1);
    text.reserve(body.size());
    for (std::size_t at = 0; at < body.size();) {
      const char c = body[at++];
      text += c == '\\' && at < body.size() ? Unescape(body, at, quoting == Quoting::kPosix) : c;
    }
  } else if (word != "''") {
    text = word;
  }
  std::string again = EncodeWord(text, quoting);
  const bool same = again == word;
  Wipe(again);
  if (same) return text;
  Wipe(text);
  return std::nullopt;
}

}  // namespace jobwarden
