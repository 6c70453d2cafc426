#include "verifier/exposure/command_reader.h"

#include <algorithm>

#include "verifier/exposure/word.h"

namespace jobwarden {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;
constexpr int kMaxDepth = 16;
// Each costs a look at the rest of the text.
constexpr int kMaxLostHereDocuments = 16;

// PowerShell's eval, whose argument is in plain parentheses.
bool IsInvokeExpression(std::string_view name) {
  return name == "iex" || name == "Invoke-Expression";
}

}  // namespace

// To the end of the text, or past `end`.
CommandReader::Ran CommandReader::ReadCommands(char end) {
  Ran ran;
  Command command;
  bool piped = false;    // the command gets what another printed
  bool readable = true;  // all that was printed to it
  const auto finish = [&](bool pipe_follows) {
    bool prints_readable = true;
    if (!command.words.empty()) {
      command.gets_hidden_text = piped && !readable;
      const Output output = judge_(command);
      ran.fetched = ran.fetched || output == Output::kFetched;
      prints_readable = output == Output::kReadable;
      ran.readable = ran.readable && prints_readable;
    }
    readable = (!piped || readable) && prints_readable;
    piped = pipe_follows;
    command = Command();
  };
  while (!AtEnd()) {
    const char c = text_[at_];
    if (end != '\0' && c == end) break;
    // A pipe goes on on the next line.
    const bool is_blank =
        c == ' ' || c == '\t' || c == '\r' || (c == '\n' && piped && command.words.empty());
    if ((c == '<' && !Sees("<(")) || (c == '>' && !Sees(">(")) || Sees("&>")) {
      ReadRedirection(end, command.words);
    } else if (is_blank) {
      ++at_;
    } else if (c == '(' && !command.words.empty() &&
               IsInvokeExpression(command.words.back().text)) {
      command.words.emplace_back();
      ReadSubstitution(command.words.back());
    } else if (c == '\n' || c == ';' || c == '&' || c == '(' || c == ')') {
      ++at_;
      if (c == '\n') command.here_document = ReadHereDocument();
      finish(false);
    } else if (c == '|') {
      const bool is_or = Sees("||");
      at_ += is_or || Sees("|&") ? 2 : 1;
      finish(!is_or);
    } else if (Sees("\\\n")) {
      at_ += 2;
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      command.words.push_back(ReadWord(end));
    }
  }
  finish(false);
  if (!AtEnd() && end != '\0') ++at_;
  return ran;
}

CommandWord CommandReader::ReadWord(char end) {
  CommandWord word;
  while (!AtEnd()) {
    const char c = text_[at_];
    if (end != '\0' && c == end) break;
    if (Sees("$((")) {
      const std::size_t close = text_.find("))", at_);
      at_ = close == kNowhere ? text_.size() : close + 2;
    } else if (Sees("<(") || Sees(">(") || Sees("$(") || c == '`') {
      ReadSubstitution(word);
    } else if (c == '\'' || c == '"') {
      ReadQuoted(word, c);
    } else if (c == '\\' && at_ + 1 < text_.size()) {
      if (text_[at_ + 1] != '\n') word.text += text_[at_ + 1];
      at_ += 2;
    } else if (std::string_view(" \t\r\n;&|()<>").find(c) != kNowhere) {
      break;
    } else {
      word.text += c;
      ++at_;
    }
  }
  return word;
}

void CommandReader::ReadRedirection(char end, std::vector<CommandWord>& words) {
  const std::size_t begin = at_;
  at_ = std::min(text_.find_first_not_of("<>&|", at_), text_.size());
  if (text_.substr(begin, at_ - begin) == "<<") return BeginHereDocument();
  at_ = std::min(text_.find_first_not_of(" \t-", at_), text_.size());
  CommandWord word = ReadWord(end);
  word.redirects = true;
  words.push_back(std::move(word));
}

// One of `$(…)`, `<(…)`, `>(…)`, `(…)` and backticks.
void CommandReader::ReadSubstitution(CommandWord& word) {
  const char opens = text_[at_];
  at_ += opens == '`' || opens == '(' ? 1 : 2;
  word.runs = true;
  if (depth_ == kMaxDepth) return Stop();
  ++depth_;
  const Ran ran = ReadCommands(opens == '`' ? '`' : ')');
  --depth_;
  word.fetched = word.fetched || ran.fetched;
  word.hidden = word.hidden || (opens == '<' && !ran.readable);
}

void CommandReader::ReadQuoted(CommandWord& word, char quote) {
  if (at_ >= line_end_) line_end_ = std::min(text_.find('\n', at_), text_.size());
  ++at_;
  if (text_.substr(0, line_end_).find(quote, at_) == kNowhere) return;
  while (!AtEnd() && text_[at_] != quote) {
    const char c = text_[at_];
    if (quote == '"' && c == '\\' && at_ + 1 < text_.size()) {
      word.text += text_[at_ + 1];
      at_ += 2;
    } else if (quote == '"' && (Sees("$(") || c == '`')) {
      ReadSubstitution(word);
    } else {
      word.text += c;
      ++at_;
    }
  }
  if (!AtEnd()) ++at_;
}

// After `<<`.
void CommandReader::BeginHereDocument() {
  at_ = std::min(text_.find_first_not_of("- \t'\"\\", at_), text_.size());
  const std::size_t begin = at_;
  while (!AtEnd() && IsWordCharacter(text_[at_])) ++at_;
  here_end_ = text_.substr(begin, at_ - begin);
  if (Sees("'") || Sees("\"")) ++at_;
  // `1 << 2` in a language that is not a shell's
  if (!here_end_.empty() && here_end_.front() <= '9') here_end_ = {};
}

// At the beginning of a line. Empty, and nothing is read, where no here-document begins, or where
// it does not end.
std::string_view CommandReader::ReadHereDocument() {
  const std::string_view wanted = std::exchange(here_end_, {});
  if (wanted.empty() || lost_here_documents_ == kMaxLostHereDocuments) return {};
  for (std::size_t at = at_; at < text_.size();) {
    const std::size_t end = std::min(text_.find('\n', at), text_.size());
    std::string_view line = text_.substr(at, end - at);
    line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
    if (line == wanted) {
      const std::string_view body = text_.substr(at_, at - at_);
      at_ = std::min(end + 1, text_.size());
      return body;
    }
    at = end + 1;
  }
  ++lost_here_documents_;
  return {};
}

}  // namespace jobwarden
