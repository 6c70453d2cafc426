#include "verifier/mask/quoted_spellings.h"

#include <cstddef>
#include <cstdint>

#include "verifier/mask/compose.h"

namespace jobwarden {
namespace {

// The control characters that have a letter of their own after a backslash.
constexpr std::string_view kNamedControls = "\a\b\t\n\v\f\r";
constexpr std::string_view kNamesOfControls = "abtnvfr";

void WriteOctal(auto& write, char c) {
  for (const int shift : {6, 3, 0}) write(kLowerHex[Byte(c) >> shift & 7]);
}

enum class Controls {
  kKept,
  kNewlines,  // `\n`, `\r` and MySQL's `\0` and `\Z`
  kAnsiC,     // named ones, `\E`, `\001`
  kHex,       // `\t`, `\n`, `\r`, `\x01`
};

// What is not ASCII.
enum class Wide {
  kKept,
  kBytes,       // byte by byte, as a control character is
  kCharacters,  // `\xe4`, `\u20ac`, `\U0001f511`
};

struct BackslashStyle {
  std::string_view marked;
  Controls controls;
  Wide wide;
  std::string_view digits = kLowerHex;
};
constexpr BackslashStyle kBackslashStyles[] = {
    {" \\", Controls::kAnsiC, Wide::kKept},                    // ls -b
    {"\"$`\\", Controls::kKept, Wide::kKept},                  // declare -p
    {"'\\", Controls::kAnsiC, Wide::kKept},                    // $'…'
    {"'\\", Controls::kAnsiC, Wide::kBytes},                   //   in the C locale
    {"'\\", Controls::kHex, Wide::kKept},                      // Python, Node.js
    {"'\\", Controls::kHex, Wide::kBytes},                     // Python's bytes
    {"'\\", Controls::kHex, Wide::kCharacters},                // Python's ascii()
    {"\\", Controls::kHex, Wide::kKept},                       //   in the other kind of quotes
    {"\\", Controls::kHex, Wide::kBytes},                      //
    {"\\", Controls::kHex, Wide::kCharacters},                 //
    {"", Controls::kKept, Wide::kCharacters},                  // Python's standard error
    {"\"\\", Controls::kAnsiC, Wide::kKept},                   // Go's %q, Ruby, Rust
    {"\"\\", Controls::kAnsiC, Wide::kCharacters, kUpperHex},  // PyYAML
    {"'\"\\", Controls::kNewlines, Wide::kKept},               // MySQL
    {"'\"\\", Controls::kKept, Wide::kKept},                   // PHP's addslashes
    {"'\\", Controls::kKept, Wide::kKept},                     // Perl, PHP's var_export, fish
    {"\"\\", Controls::kKept, Wide::kKept},                    // git's and Docker's configuration
    {"\"$@\\", Controls::kAnsiC, Wide::kKept},                 // Perl in double quotes
    {"\"$@\\", Controls::kAnsiC, Wide::kBytes},                //
};

void WriteControl(auto& write, char c, Controls style) {
  const std::size_t place = kNamedControls.find(c);
  if (style == Controls::kNewlines && !IsOneOf(c, {"\n\r\0\x1A", 4})) return write(c);
  write('\\');
  if (style == Controls::kNewlines && (c == '\0' || c == '\x1A')) {
    write(c == '\0' ? '0' : 'Z');
  } else if (IsOneOf(c, "\t\n\r") ||
             (style == Controls::kAnsiC && place != std::string_view::npos)) {
    write(kNamesOfControls[place]);
  } else if (style == Controls::kAnsiC && c == '\x1B') {
    write('E');
  } else if (style == Controls::kAnsiC) {
    WriteOctal(write, c);
  } else {
    write('x');
    WriteHex(write, Byte(c), 2, kLowerHex);
  }
}

void WriteWide(auto& write, std::string_view bytes, std::uint32_t number,
               const BackslashStyle& style) {
  if (style.wide == Wide::kKept) return write(bytes);
  if (style.wide == Wide::kBytes) {
    for (const char c : bytes) WriteControl(write, c, style.controls);
    return;
  }
  write(number < 0x100 ? "\\x" : number < 0x10000 ? "\\u" : "\\U");
  WriteHex(write, number, number < 0x100 ? 2 : number < 0x10000 ? 4 : 8, style.digits);
}

Secret Backslash(const CutText& value, const BackslashStyle& style) {
  return value.Spell([&](auto& write, std::string_view bytes, std::uint32_t number) {
    const char c = bytes.front();
    if (!IsAscii(c)) return WriteWide(write, bytes, number, style);
    if (IsControl(c) && style.controls != Controls::kKept) {
      return WriteControl(write, c, style.controls);
    }
    if (IsOneOf(c, style.marked)) write('\\');
    write(c);
  });
}

// bash's `printf %q`, of which `~` is special only where bash would expand it.
Secret BackslashQuoted(std::string_view value) {
  return Compose([=](auto& write) {
    char before = '\0';
    for (const char c : value) {
      const bool tilde = c == '~' && (before == '=' || before == ':');
      if (tilde || IsOneOf(c, " \t\n!\"$&'()*,;<>?[\\]^`{|}")) write('\\');
      write(c);
      before = c;
    }
  });
}

// Perl's quotemeta, and what escapes regular expressions.
Secret BackslashEverything(const CutText& value) {
  return value.SpellBytes([=](auto& write, char c) {
    if (c != '_') write('\\');
    write(c);
  });
}

// In single quotes, which are closed for a single quote: `'\''`.
Secret SingleQuotes(const CutText& value) {
  return value.SpellBytes([=](auto& write, char c) {
    if (c == '\'') write("'\\'");
    write(c);
  });
}

// The same by Python's shlex.
Secret EachSingleInDoubleQuotes(const CutText& value) {
  return value.SpellBytes([=](auto& write, char c) { c == '\'' ? write("'\"'\"'") : write(c); });
}

// The same by dash and BusyBox: single quotes that follow each other share double quotes.
Secret SingleInDoubleQuotes(std::string_view value) {
  return Compose([=](auto& write) {
    bool inside = false;
    for (const char c : value) {
      if ((c == '\'') != inside) {
        write(inside ? "\"'" : "'\"");
        inside = !inside;
      }
      write(c);
    }
  });
}

// The same by coreutils: control characters that follow each other share a `$'…'`.
Secret SingleAndAnsiCQuotes(std::string_view value) {
  return Compose([=](auto& write) {
    bool inside = false;
    for (const char c : value) {
      if (IsControl(c) != inside) {
        write(inside ? "''" : "'$'");
        inside = !inside;
      }
      if (inside && c != '\x1B') {
        WriteControl(write, c, Controls::kAnsiC);
      } else if (inside) {
        write("\\033");
      } else {
        if (c == '\'') write("'\\'");
        write(c);
      }
    }
  });
}

// As `cat -v` shows what a terminal cannot.
Secret Visible(std::string_view value) {
  return Compose([=](auto& write) {
    for (const char c : value) {
      if (!IsAscii(c)) write("M-");
      const char low = static_cast<char>(c & 0x7F);
      if (IsControl(low) && c != '\n') write('^');
      write(IsControl(low) && c != '\n' ? static_cast<char>(low ^ 0x40) : low);
    }
  });
}

Secret Doubled(const CutText& value, std::string_view special) {
  return value.SpellBytes([=](auto& write, char c) {
    write(c);
    if (IsOneOf(c, special)) write(c);
  });
}

}  // namespace

void AddQuotedSpellings(const CutText& value, FormSet& forms) {
  forms.Add(SingleQuotes(value));
  forms.Add(EachSingleInDoubleQuotes(value));
  forms.Add(SingleInDoubleQuotes(value.text()));
  forms.Add(SingleAndAnsiCQuotes(value.text()));
  forms.Add(BackslashQuoted(value.text()));
  forms.Add(BackslashEverything(value));
  forms.Add(Visible(value.text()));
  for (const BackslashStyle& style : kBackslashStyles) forms.Add(Backslash(value, style));
  for (const std::string_view special : {"'", "\"", "`", "$", "\\", "'\\", "%"}) {
    forms.Add(Doubled(value, special));
  }
}

}  // namespace jobwarden
