#include "verifier/exposure/usage.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace jobwarden {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

bool Take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

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
    if (!Take(text, form.begin) || !text.ends_with(form.end)) continue;
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
  if (!Take(line, "printf '%b\\n' ") && !Take(line, "printf '%b' ") && !Take(line, "echo -e ")) {
    return false;
  }
  Take(line, kClear);
  if (!Take(line, "section_start:") ||
      !(Take(line, "$(awk 'BEGIN{srand(); print srand()}')") || Take(line, "$(date +%s)") ||
        Take(line, "`date +%s`")) ||
      !Take(line, ":section_")) {
    return false;
  }
  const std::size_t name =
      line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_[]=,");
  if (name == kNowhere) return false;
  line.remove_prefix(name);
  return Take(line, "\r") && Take(line, kClear) && IsPrintedLine(line);
}

bool IsRunnerEcho(std::string_view line) {
  if (IsSectionStart(line)) return true;
  return Take(line, "echo ") && IsPrintedLine(line);
}

bool IsComment(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t");
  return at != kNowhere && line[at] == '#';
}

bool IsWordCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// Follows shell text from line to line, so far as to know whether a line begins where a command
// may begin. It gives up, for good, at whatever it does not follow to its end.
class QuoteReader {
 public:
  bool AtCommand() const { return !lost_ && quote_ == Quote::kNone && end_.empty() && !continued_; }

  void Read(std::string_view line) {
    if (lost_) return;
    if (!end_.empty()) {
      ReadHereDocument(line);
      return;
    }
    continued_ = false;
    for (std::size_t at = 0; at < line.size() && !lost_; ++at) {
      switch (quote_) {
        case Quote::kNone:
          at = ReadPlain(line, at);
          break;
        case Quote::kDouble:
          at = ReadDouble(line, at);
          break;
        case Quote::kSingle:
          if (line[at] == '\'') quote_ = Quote::kNone;
          break;
        case Quote::kAnsiC:
          if (line[at] == '\\') {
            ++at;
            // Where the shell does not know this quoting, the quote ends the text.
            lost_ = at < line.size() && line[at] == '\'';
          } else if (line[at] == '\'') {
            quote_ = Quote::kNone;
          }
          break;
      }
    }
    end_.swap(coming_);
    coming_.clear();
  }

 private:
  enum class Quote { kNone, kSingle, kAnsiC, kDouble };

  void ReadHereDocument(std::string_view line) {
    if (tabs_) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
    if (line == end_) end_.clear();
  }

  // Each takes the character at `at` and what belongs to it, and gives where the last of it stands.
  std::size_t ReadPlain(std::string_view line, std::size_t at) {
    const char next = at + 1 < line.size() ? line[at + 1] : '\0';
    const char before = at > 0 ? line[at - 1] : ' ';
    const bool next_is_quote = next == '"' || next == '\'';
    switch (line[at]) {
      case '\\':
        continued_ = at + 1 == line.size();
        return at + 1;
      case '"':
        quote_ = Quote::kDouble;
        return at;
      case '\'':
        quote_ = before == '$' ? Quote::kAnsiC : Quote::kSingle;
        return at;
      case '`':
        lost_ = next_is_quote;
        return at;
      case '@':
        lost_ = next_is_quote && at + 2 == line.size();
        return at;  // PowerShell's @"
      case '$':
        return next == '{' ? Skip(line, at, "}", "'\"`\\") : at;
      case '#':
        // Behind `)` it begins a comment, or goes on with the word of `$(…)`.
        if (before == ')') lost_ = line.find_first_of("'\"`\\", at) != kNowhere;
        if (before != ' ' && before != '\t' && before != ';' && before != '&' && before != '|' &&
            before != '(') {
          return at;
        }
        lost_ = line.find_first_of("'\"`\\", at) != kNowhere;
        return line.size();
      case '<':
        if (next == '#') lost_ = true;  // PowerShell's block comment
        if (next != '<') return at;
        if (line.substr(at + 2).starts_with("<")) return at + 2;
        return BeginHereDocument(line, at + 2);
      default:
        return at;
    }
  }

  std::size_t ReadDouble(std::string_view line, std::size_t at) {
    const char next = at + 1 < line.size() ? line[at + 1] : '\0';
    switch (line[at]) {
      case '\\':
        return at + 1;
      case '"':
        quote_ = Quote::kNone;
        return at;
      case '`':
        return Skip(line, at, "`", "'\"\\#(");
      case '$':
        if (next == '(') return Skip(line, at + 1, ")", "'\"`\\#(");
        if (next == '{') return Skip(line, at, "}", "'\"`\\");
        return at;
      default:
        return at;
    }
  }

  // To the `end` behind `at`, if there is none of `obstacles` before.
  std::size_t Skip(std::string_view line, std::size_t at, std::string_view end,
                   std::string_view obstacles) {
    const std::size_t to = line.find(end, at + 1);
    lost_ = to == kNowhere || line.substr(at + 1, to - at - 1).find_first_of(obstacles) != kNowhere;
    return to;
  }

  std::size_t BeginHereDocument(std::string_view line, std::size_t at) {
    tabs_ = at < line.size() && line[at] == '-';
    if (tabs_) ++at;
    at = std::min(line.find_first_not_of(" \t", at), line.size());
    const char quote = at < line.size() ? line[at] : '\0';
    const bool quoted = quote == '"' || quote == '\'';
    if (quoted) ++at;
    std::size_t end = at;
    while (end < line.size() && IsWordCharacter(line[end])) ++end;
    const bool closed = !quoted || (end < line.size() && line[end] == quote);
    const bool arithmetic = end < line.size() && line[end] == ')';
    lost_ = end == at || line[at] <= '9' || !closed || arithmetic || !coming_.empty();
    coming_ = line.substr(at, end - at);
    return quoted ? end : end - 1;
  }

  Quote quote_ = Quote::kNone;
  std::string coming_;  // the end of the here-document that begins on the next line
  std::string end_;     // the end of the one that this line is in
  bool tabs_ = false;   // it may be indented
  bool continued_ = false;
  bool lost_ = false;
};

class WordCounter {
 public:
  explicit WordCounter(const Words& wanted) : wanted_(wanted) {}

  void Count(std::string_view line) {
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t begin = at;
      while (at < line.size() && IsWordCharacter(line[at])) ++at;
      if (at == begin) {
        ++at;
        continue;
      }
      const std::string_view word = line.substr(begin, at - begin);
      Add(word);
      // The n of `\nNAME` is no letter of the name.
      if (begin > 0 && line[begin - 1] == '\\') Add(word.substr(1));
    }
    for (std::size_t at = 0; at < line.size(); ++at) {
      const std::size_t begin = at;
      while (at < line.size() &&
             (IsWordCharacter(line[at]) || line[at] == '-' || line[at] == '.')) {
        ++at;
      }
      if (at > begin) Add(line.substr(begin, at - begin));
    }
  }

  Words Take() { return std::move(used_); }

 private:
  void Add(std::string_view word) {
    const auto found = wanted_.find(word);
    if (found != wanted_.end()) used_.insert(*found);
  }

  const Words& wanted_;
  Words used_;
};

}  // namespace

Words UsedWords(std::string_view commands, const Words& wanted) {
  WordCounter counter(wanted);
  QuoteReader quotes;
  while (!commands.empty()) {
    const std::size_t end = std::min(commands.find('\n'), commands.size());
    const std::string_view line = commands.substr(0, end);
    commands.remove_prefix(std::min(end + 1, commands.size()));
    if (IsRunnerEcho(line) || (quotes.AtCommand() && IsComment(line))) continue;
    counter.Count(line);
    quotes.Read(line);
  }
  return counter.Take();
}

bool IsWholeWord(std::string_view text, std::size_t begin, std::size_t end) {
  if (end < text.size() && IsWordCharacter(text[end])) return false;
  return begin == 0 || !IsWordCharacter(text[begin - 1]) || (begin > 1 && text[begin - 2] == '\\');
}

}  // namespace jobwarden
