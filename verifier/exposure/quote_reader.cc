#include "verifier/exposure/quote_reader.h"

#include <algorithm>

#include "verifier/exposure/word.h"

// How quotes are followed.
//
// A comment in a script names nothing, so its line should not keep a token. But a line that begins
// with `#` is a comment only where a command may begin: inside a here-document or a quoted text of
// several lines it is data, and that data may be a script for another machine. So the QuoteReader
// reads the lines before and knows whether a quote, a here-document or a continued line is open.
//
// It is not a shell. It knows the plain forms that nearly all scripts are written in, and it checks
// each form to its end on the line. Where a form nests others, can be read in two ways, or differs
// between shells, it gives up: `lost_` is set, and no later line of this text counts as a comment.
//
// The two mistakes are not alike. A comment that is taken for a command keeps a token that nobody
// needs; a command that is taken for a comment breaks an honest job. Therefore the QuoteReader
// never goes on after a guess, and never says of a command that it is none. It keeps no text but
// the word that ends a here-document, and its time is proportional to the text.

namespace jobwarden {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr std::string_view kQuotesAndEscapes = "'\"`\\";

// PowerShell reads typographic quotes (U+2018 to U+201E) as quotes.
bool HasSmartQuote(std::string_view line) {
  for (std::size_t at = line.find("\xE2\x80"); at != kNowhere; at = line.find("\xE2\x80", at + 1)) {
    if (at + 2 < line.size() && line[at + 2] >= '\x98' && line[at + 2] <= '\x9E') return true;
  }
  return false;
}

}  // namespace

void QuoteReader::Read(std::string_view line) {
  if (lost_) return;
  if (!end_.empty()) return ReadHere(line);
  continued_ = false;
  const bool power_shell = syntax_ == Syntax::kPowerShell;
  if (power_shell && HasSmartQuote(line)) lost_ = true;
  for (std::size_t at = 0; at < line.size() && !lost_; ++at) {
    switch (quote_) {
      case Quote::kNone:
        at = power_shell ? ReadPowerShell(line, at) : ReadPlain(line, at);
        break;
      case Quote::kDouble:
        at = power_shell ? ReadPowerShellDouble(line, at) : ReadDouble(line, at);
        break;
      case Quote::kSingle:
        if (line[at] == '\'') quote_ = Quote::kNone;
        break;
      case Quote::kAnsiC:
        at = ReadAnsiC(line, at);
        break;
    }
  }
  end_.swap(coming_);
  coming_.clear();
}

void QuoteReader::ReadHere(std::string_view line) {
  if (syntax_ == Syntax::kPowerShell) {
    if (!line.starts_with(end_)) return;
    lost_ = line != end_;  // the command goes on after it
    end_.clear();
    return;
  }
  if (tabs_) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
  if (line == end_) end_.clear();
}

std::size_t QuoteReader::ReadAnsiC(std::string_view line, std::size_t at) {
  if (line[at] == '\\') {
    ++at;
    // In a shell that does not know this quoting, this quote ends the text.
    lost_ = at < line.size() && line[at] == '\'';
  } else if (line[at] == '\'') {
    quote_ = Quote::kNone;
  }
  return at;
}

// Reads a comment, to the end of the line. One that another shell may read as something else is not
// worth the risk.
std::size_t QuoteReader::ReadComment(std::string_view line, std::size_t at) {
  lost_ = line.find_first_of(kQuotesAndEscapes, at) != kNowhere;
  return line.size();
}

std::size_t QuoteReader::ReadPlain(std::string_view line, std::size_t at) {
  const char next = at + 1 < line.size() ? line[at + 1] : '\0';
  const char before = at > 0 ? line[at - 1] : ' ';
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
      lost_ = next == '"' || next == '\'';
      return at;
    case '$':
      return next == '{' ? Skip(line, at, "}", kQuotesAndEscapes) : at;
    case '#':
      // After `)` a comment begins, or the word of a `$(…)` goes on.
      if (before == ')') lost_ = line.find_first_of(kQuotesAndEscapes, at) != kNowhere;
      return std::string_view(" \t;&|(").find(before) == kNowhere ? at : ReadComment(line, at);
    case '<':
      if (next != '<') return at;
      if (line.substr(at + 2).starts_with("<")) return at + 2;
      return BeginHereDocument(line, at + 2);
    default:
      return at;
  }
}

std::size_t QuoteReader::ReadDouble(std::string_view line, std::size_t at) {
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
      if (next == '{') return Skip(line, at, "}", kQuotesAndEscapes);
      return at;
    default:
      return at;
  }
}

std::size_t QuoteReader::ReadPowerShell(std::string_view line, std::size_t at) {
  const char next = at + 1 < line.size() ? line[at + 1] : '\0';
  const char before = at > 0 ? line[at - 1] : ' ';
  switch (line[at]) {
    case '`':
      continued_ = at + 1 == line.size();
      return at + 1;
    case '@':
      if (next != '"' && next != '\'') return at;
      lost_ = at + 2 != line.size();  // a here-string begins at the end of a line
      coming_ = {next, '@'};
      return at + 1;
    case '"':
      quote_ = Quote::kDouble;
      return at;
    case '\'':
      quote_ = Quote::kSingle;
      return at;
    case '$':
      return next == '{' ? Skip(line, at, "}", kQuotesAndEscapes) : at;
    case '#':
      return IsWordCharacter(before) ? at : ReadComment(line, at);
    case '<':
      lost_ = next == '#';
      return at;
    case '-':
      lost_ = line.substr(at).starts_with("--%");  // the rest of the line is plain text
      return at;
    default:
      return at;
  }
}

std::size_t QuoteReader::ReadPowerShellDouble(std::string_view line, std::size_t at) {
  const char next = at + 1 < line.size() ? line[at + 1] : '\0';
  switch (line[at]) {
    case '`':
      return at + 1;
    case '"':
      quote_ = Quote::kNone;  // two of them are one inside the text, which then opens again
      return at;
    case '$':
      if (next == '(') return Skip(line, at + 1, ")", "'\"`#(");
      if (next == '{') return Skip(line, at, "}", kQuotesAndEscapes);
      return at;
    default:
      return at;
  }
}

std::size_t QuoteReader::Skip(std::string_view line, std::size_t at, std::string_view end,
                              std::string_view obstacles) {
  const std::size_t to = line.find(end, at + 1);
  lost_ = to == kNowhere || line.substr(at + 1, to - at - 1).find_first_of(obstacles) != kNowhere;
  return to;
}

std::size_t QuoteReader::BeginHereDocument(std::string_view line, std::size_t at) {
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

}  // namespace jobwarden
