#include "verifier/wiring/toml_lines.h"

#include <algorithm>

namespace jobwarden {
namespace {

constexpr std::string_view kBlanks = " \t";

bool IsBareKeyCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

/// Walks through a document, and stops for good where it does not understand the text.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  std::optional<std::vector<TomlLine>> Lines() {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text_.starts_with(kByteOrderMark)) at_ = line_begin_ = kByteOrderMark.size();
    std::vector<TomlLine> lines;
    while (at_ < text_.size()) {
      line_begin_ = at_;
      SkipBlanks();
      if (!AtLineEnd()) {
        lines.emplace_back();
        if (!TakeLine(lines.back())) return std::nullopt;
      }
      if (Peek() == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      if (Peek() == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] != '\n') return std::nullopt;
      ++at_;
    }
    return lines;
  }

 private:
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void SkipBlanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }
  bool AtLineEnd() const {
    return at_ >= text_.size() || Peek() == '\n' || Peek() == '\r' || Peek() == '#';
  }
  bool Take(char c) {
    if (Peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  bool TakeLine(TomlLine& line) {
    line.line_begin = line_begin_;
    line.begin = at_;
    if (Take('[')) {
      line.kind = Take('[') ? TomlLine::Kind::kTableOfArray : TomlLine::Kind::kTable;
      if (!TakeKey(line.key) || !Take(']')) return false;
      if (line.kind == TomlLine::Kind::kTableOfArray && !Take(']')) return false;
      line.end = at_;
    } else {
      line.kind = TomlLine::Kind::kValue;
      if (!TakeKey(line.key) || !Take('=')) return false;
      SkipBlanks();
      line.value = at_;
      if (AtLineEnd() || !TakeValue()) return false;
      line.end = text_.find_last_not_of(kBlanks, at_ - 1) + 1;
    }
    SkipBlanks();
    return AtLineEnd();
  }

  /// Takes a key with its dots, and the blanks around.
  bool TakeKey(std::vector<std::string>& key) {
    do {
      SkipBlanks();
      const std::size_t begin = at_;
      if (Peek() == '"' || Peek() == '\'') {
        if (!TakeString()) return false;
        const std::string_view quoted = text_.substr(begin, at_ - begin);
        // A key with an escape, or over several lines, is none that anybody writes.
        if (quoted.find_first_of("\\\n") != std::string_view::npos) return false;
        key.emplace_back(quoted.substr(1, quoted.size() - 2));
      } else {
        while (IsBareKeyCharacter(Peek())) ++at_;
        if (at_ == begin) return false;
        key.emplace_back(text_.substr(begin, at_ - begin));
      }
      SkipBlanks();
    } while (Take('.'));
    return true;
  }

  /// Takes a string of any of the four kinds. REQUIRES: a quote is next.
  bool TakeString() {
    const char quote = Peek();
    const bool several_lines = Peek(1) == quote && Peek(2) == quote;
    at_ += several_lines ? 3 : 1;
    while (at_ < text_.size()) {
      if (Peek() == '\\' && quote == '"') {
        at_ += 2;
      } else if (Peek() == '\n' && !several_lines) {
        return false;
      } else if (Peek() == quote && several_lines && Peek(1) == quote && Peek(2) == quote) {
        at_ += 3;
        // One or two quotes may come right before the three that end the string.
        for (int i = 0; i < 2 && Peek() == quote; ++i) ++at_;
        return true;
      } else if (text_[at_++] == quote && !several_lines) {
        return true;
      }
    }
    return false;
  }

  /// Takes a value up to its end, or up to blanks after it.
  bool TakeValue() {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = Peek();
      if (c == '"' || c == '\'') {
        if (!TakeString()) return false;
        continue;
      }
      if (depth == 0 && (c == '\n' || c == '\r' || c == '#')) return true;
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') {
        if (depth == 0) return false;
        --depth;
      }
      ++at_;
    }
    return depth == 0;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
};

}  // namespace

std::optional<std::vector<TomlLine>> FindTomlLines(std::string_view text) {
  return Walk(text).Lines();
}

}  // namespace jobwarden
