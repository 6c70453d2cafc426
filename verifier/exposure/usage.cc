#include "verifier/exposure/usage.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/exposure/quote_reader.h"
#include "verifier/exposure/word.h"

namespace jobwarden {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

// A text that the runner prints, as it quotes it: the user's line in bold green.
struct Printed {
  std::string_view begin;
  std::string_view end;
  char escape;
  char quote;
  std::string_view active;  // what must not stand unescaped inside
};
constexpr Printed kPrinted[] = {
    {"$'\\x1b[32;1m$ ", "\\x1b[0;m'", '\\', '\'', ""},    // ANSI-C
    {"\"\x1b[32;1m\\$ ", "\x1b[0;m\"", '\\', '"', "$`"},  // POSIX
    {"\"\x1b[32;1m`$ ", "\x1b[0;m\"", '`', '"', "$"},     // PowerShell
};

bool IsPrintedLine(std::string_view word) {
  for (const Printed& form : kPrinted) {
    std::string_view text = word;
    if (!TakePrefix(text, form.begin) || !text.ends_with(form.end)) continue;
    text.remove_suffix(1);
    bool one_word = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == form.escape) {
        ++at;
      } else if (text[at] == form.quote || form.active.find(text[at]) != kNowhere) {
        one_word = false;
      }
    }
    return one_word;
  }
  return false;
}

// `printf '%b\n' section_start:NOW:section_NAME[options] CR ESC[0K WORD`, with FF_SCRIPT_SECTIONS.
bool IsSectionStart(std::string_view line) {
  constexpr std::string_view kClear = "\x1b[0K";
  if (!TakePrefix(line, "printf '%b\\n' ") && !TakePrefix(line, "printf '%b' ") &&
      !TakePrefix(line, "echo -e ")) {
    return false;
  }
  TakePrefix(line, kClear);
  if (!TakePrefix(line, "section_start:") ||
      !(TakePrefix(line, "$(awk 'BEGIN{srand(); print srand()}')") ||
        TakePrefix(line, "$(date +%s)") || TakePrefix(line, "`date +%s`")) ||
      !TakePrefix(line, ":section_")) {
    return false;
  }
  const std::size_t name =
      line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_[]=,");
  if (name == kNowhere) return false;
  line.remove_prefix(name);
  return TakePrefix(line, "\r") && TakePrefix(line, kClear) && IsPrintedLine(line);
}

bool IsRunnerEcho(std::string_view line) {
  if (IsSectionStart(line)) return true;
  return TakePrefix(line, "echo ") && IsPrintedLine(line);
}

bool IsComment(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t");
  return at != kNowhere && line[at] == '#';
}

// Collects those of the wanted words that occur.
class WordCounter {
 public:
  explicit WordCounter(const Words& wanted) : wanted_(wanted) {}

  void Count(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t begin = at;
      while (at < text.size() && IsWordCharacter(text[at])) ++at;
      if (at == begin) {
        ++at;
        continue;
      }
      Add(text, begin, at);
      // The n of `\nNAME` is not a letter of the name.
      if (begin > 0 && text[begin - 1] == '\\') Add(text, begin + 1, at);
    }
    const auto may_be_command = [](char c) { return IsWordCharacter(c) || c == '-' || c == '.'; };
    for (std::size_t at = 0; at < text.size(); ++at) {
      const std::size_t begin = at;
      while (at < text.size() && may_be_command(text[at])) ++at;
      if (at > begin) Add(text, begin, at);
    }
  }

  Words Take() { return std::move(used_); }

 private:
  void Add(std::string_view text, std::size_t begin, std::size_t end) {
    const auto found = wanted_.find(text.substr(begin, end - begin));
    if (found != wanted_.end() && IsWholeWord(text, begin, end)) used_.insert(*found);
  }

  const Words& wanted_;
  Words used_;
};

}  // namespace

Secret WithoutEchoesAndComments(std::string_view commands, Syntax syntax) {
  std::string text;
  text.reserve(commands.size() + 1);
  QuoteReader quotes(syntax);
  while (!commands.empty()) {
    const std::size_t end = std::min(commands.find('\n'), commands.size());
    const std::string_view line = commands.substr(0, end);
    commands.remove_prefix(std::min(end + 1, commands.size()));
    if (IsRunnerEcho(line) || (quotes.AtCommand() && IsComment(line))) continue;
    text.append(line).append("\n");
    quotes.Read(line);
  }
  return Secret(std::move(text));
}

Words WordsIn(std::string_view text, const Words& wanted) {
  WordCounter counter(wanted);
  counter.Count(text);
  return counter.Take();
}

Words UsedWords(std::string_view commands, const Words& wanted, Syntax syntax) {
  return WordsIn(WithoutEchoesAndComments(commands, syntax).view(), wanted);
}

}  // namespace jobwarden
