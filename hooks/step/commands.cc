#include "hooks/step/commands.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "hooks/step/paths.h"
#include "hooks/step/words.h"

// How commands are recognized.
//
// A text is taken apart into commands, and a command into words. A phrase of the list is found when
// its words appear in a command in their order, with at most kMaxWordsBetween others between. Then
// the phrases that are harmless are looked for in the same command: one that shares a word with
// what was found takes it back. So `npm publish --dry-run` is not a use, `npm run build && npm
// publish` is one, and `cosign verify x && cosign sign x` too, because those are two commands.

namespace jobwarden {
namespace {

constexpr std::size_t kMaxWordsBetween = 8;
constexpr std::size_t kMaxCommandWords = 4096;
constexpr std::string_view kSaysNo[] = {"", "0", "false", "False", "FALSE", "no", "off", "never"};
// Words before the program itself.
constexpr std::string_view kBeforeProgram[] = {"sudo", "env",   "then",  "do",   "else", "elif",
                                               "if",   "while", "until", "time", "exec", "nohup"};
// Files of this kind are found and followed, so their names mean nothing.
constexpr std::string_view kOfFiles[] = {".sh",  ".js",   ".mjs", ".cjs",  ".ts",
                                         ".mts", ".cts",  ".py",  ".json", ".yml",
                                         ".rb",  ".yaml", ".md",  ".txt",  ".toml"};

template <class List>
bool Contains(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool SameLetter(char a, char b) {
  return Lower(a) == Lower(b);
}

// Whether the text fits the pattern, in which `*` stands for any run. The case of letters does not
// count.
bool Fits(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t star = pattern.npos;
  std::size_t retry = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      retry = at;
    } else if (in_pattern < pattern.size() && SameLetter(text[at], pattern[in_pattern])) {
      ++at;
      ++in_pattern;
    } else if (star != pattern.npos) {
      in_pattern = star + 1;
      at = ++retry;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

bool IsPattern(std::string_view word) {
  return word.find('*') != word.npos;
}

// The forms under which a list may name a word of a script: `@./bin/npm@11` is `npm` too.
std::array<std::string_view, 4> FormsOf(std::string_view word) {
  const std::string_view whole = WithoutVersion(word);
  const std::string_view last = LastPart(WithoutQuiet(whole));
  const std::string_view plain = last.substr(0, last.find(':'));
  const std::size_t colon = word.find(':');
  // `jsr:@scope/name@1`.
  const std::string_view after =
      colon == word.npos ? last : LastPart(WithoutVersion(word.substr(colon + 1)));
  return {whole, last, plain, after};
}

bool IsWord(std::string_view word, std::string_view expected) {
  const auto forms = FormsOf(word);
  if (!IsPattern(expected)) return Contains(forms, expected);
  if (word.starts_with('-') != expected.starts_with('-')) return false;
  if (word.find("://") != word.npos) return false;
  if (word.starts_with('.') || word.starts_with('/') || word.starts_with('~')) return false;
  if (Contains(kOfFiles, EndingOf(word))) return false;
  return std::any_of(forms.begin(), forms.end(),
                     [&](std::string_view form) { return Fits(form, expected); });
}

std::vector<std::string_view> Split(std::string_view phrase) {
  std::vector<std::string_view> words;
  while (!phrase.empty()) {
    const std::size_t end = std::min(phrase.find(' '), phrase.size());
    if (end > 0) words.push_back(phrase.substr(0, end));
    phrase.remove_prefix(std::min(end + 1, phrase.size()));
  }
  return words;
}

std::string_view FirstWord(std::string_view phrase) {
  return phrase.substr(0, phrase.find(' '));
}

// The longest part of a pattern without `*`.
std::string_view LongestPiece(std::string_view pattern) {
  std::string_view longest;
  while (!pattern.empty()) {
    const std::size_t end = std::min(pattern.find('*'), pattern.size());
    if (end > longest.size()) longest = pattern.substr(0, end);
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
  }
  return longest;
}

// `Bitrise-Build.Cache` and `BITRISE_BUILD_CACHE` are one name.
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != '.') plain += Lower(c);
  }
  return plain;
}

bool Applies(const ConsumerList::Setting& setting, std::string_view name, std::string_view value) {
  if (!Fits(name, setting.name)) return false;
  return setting.value.empty() ? !Contains(kSaysNo, value) : Fits(value, setting.value);
}

// The part of a name at the first `*` of the pattern that it fits.
std::string_view PartAtStar(std::string_view name, std::string_view pattern) {
  const std::size_t star = std::min(pattern.find('*'), pattern.size());
  name.remove_prefix(std::min(star, name.size()));
  std::string_view after = pattern.substr(std::min(star + 1, pattern.size()));
  after = after.substr(0, after.find('*'));
  return name.substr(0, after.empty() ? name.size() : name.rfind(after));
}

}  // namespace

Commands::Commands(const ConsumerList& list, const std::vector<std::string>& own,
                   const StepEnvironment& environment)
    : list_(list), environment_(environment) {
  phrases_.reserve(list.commands.size() + own.size());
  by_first_word_.reserve(2 * (list.commands.size() + own.size()));
  for (const std::string_view command : list.commands) Add(command, false);
  for (const std::string& command : own) Add(command, true);
  for (const auto& [name, value] : environment.all()) {
    for (const ConsumerList::Setting& setting : list.settings) {
      if (!Applies(setting, name, value)) continue;
      for (const std::string_view command : setting.commands) {
        if (command != "@") {
          Add(command, false);
        } else if (std::string named = Plain(PartAtStar(name, setting.name)); named.size() > 1) {
          namesakes_.push_back(std::move(named));
        }
      }
    }
  }
}

void Commands::Add(std::string_view command, bool is_own) {
  Phrase phrase{command, is_own};
  if (command.starts_with("? ")) {
    phrase.is_argument = true;
    phrase.text.remove_prefix(2);
  }
  const std::string_view first = FirstWord(phrase.text);
  if (first.empty()) return;
  if (IsPattern(first)) {
    by_pattern_.push_back({phrases_.size(), LongestPiece(first)});
  } else {
    const auto [known, is_new] = by_first_word_.emplace(first, phrases_.size());
    if (!is_new) {
      phrase.next = known->second;
      known->second = phrases_.size();
    }
  }
  phrases_.push_back(phrase);
}

bool Commands::Knows(std::string_view program) const {
  if (Contains(list_.known, program)) return true;
  const auto known = by_first_word_.find(program);
  for (std::size_t i = known == by_first_word_.end() ? kNone : known->second; i != kNone;
       i = phrases_[i].next) {
    if (!phrases_[i].is_argument) return true;
  }
  return false;
}

// Whether a phrase of the list that is harmless shares a word with the span.
bool Commands::IsHarmless(const std::vector<Token>& tokens, Span span) const {
  // The command that the span is in, in its own parentheses.
  std::size_t begin = span.first;
  while (begin > 0 && !tokens[begin].begins) --begin;
  std::size_t program = begin;
  while (program < span.first &&
         (tokens[program].assigned || (program > begin && tokens[program - 1].assigned) ||
          Contains(kBeforeProgram, tokens[program].word))) {
    ++program;
  }
  for (std::string_view text : list_.harmless) {
    if (text.starts_with('%')) {
      const std::string_view variable = FirstWord(text.substr(1));
      const bool is_assigned = std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
        return token.assigned && token.word == variable;
      });
      if (!is_assigned && environment_.Get(variable).empty()) continue;
      text.remove_prefix(std::min(variable.size() + 2, text.size()));
    }
    const bool at_program = text.starts_with('^');
    const std::string_view first_word = FirstWord(text.substr(at_program ? 1 : 0));
    for (std::size_t first = at_program ? program : begin; first < tokens.size(); ++first) {
      if (first > span.last) break;
      if (IsWord(tokens[first].word, first_word)) {
        const auto words = Split(text);
        std::size_t at = first;
        std::size_t word = 1;
        bool all = true;
        for (; word < words.size() && all; ++word) {
          const std::string_view next = words[word];
          if (next == "*" && word + 1 == words.size()) {
            at = tokens.size() - 1;
            continue;
          }
          const bool anywhere = next == "*" || next.starts_with('-');
          if (next == "*") continue;
          const bool after_star = words[word - 1] == "*" && word > 1;
          std::size_t found = at + 1;
          // Only options, and their values, are between a program and its own command.
          while (found < tokens.size() && !IsWord(tokens[found].word, next)) {
            const bool option = tokens[found].word.starts_with('-') ||
                                tokens[found].word.starts_with('+') ||
                                tokens[found - 1].word.starts_with('-');
            if (!option && !anywhere && !after_star) {
              found = tokens.size();
              break;
            }
            ++found;
          }
          all = found < tokens.size();
          if (all && next.starts_with('-') && tokens[found].assigned &&
              (found + 1 == tokens.size() || Contains(kSaysNo, tokens[found + 1].word) ||
               tokens[found + 1].word.starts_with('$'))) {
            all = next.find("dry-run") == next.npos;
          }
          at = found;
        }
        if (all && at >= span.first) return true;
      }
      if (at_program) break;
    }
  }
  return false;
}

bool Commands::IsNamesake(const std::vector<Token>& tokens) const {
  if (namesakes_.empty()) return false;
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    return token.begins && Contains(namesakes_, Plain(FormsOf(token.word)[1]));
  });
}

// Goes through a text, command by command.
class Commands::Search {
 public:
  Search(const Commands& commands, Syntax syntax) : commands_(commands), syntax_(syntax) {}

  bool Find(std::string_view text) {
    bool begins = true;
    bool line_begins = true;
    for (std::size_t at = 0; at < text.size();) {
      const char c = text[at];
      if (!EndsWord(c)) {
        const std::size_t begin = at;
        while (at < text.size() && !EndsWord(text[at])) ++at;
        std::string_view word = text.substr(begin, at - begin);
        if (begin > 0 && text[begin - 1] == '$') word = text.substr(begin - 1, at - begin + 1);
        tokens_.push_back({word, begins, at < text.size() && text[at] == '='});
        begins = line_begins = false;
        if (tokens_.size() == kMaxCommandWords && EndCommand()) return true;
        continue;
      }
      if (c == '#' && line_begins && syntax_ == Syntax::kShell &&
          !text.substr(at).starts_with("#!")) {
        at = std::min(text.find('\n', at), text.size());
        continue;
      }
      if (c == '\n') {
        const bool goes_on = EndsWithContinuation(text.substr(0, at));
        if (!goes_on && EndCommand()) return true;
        begins = begins || !goes_on;
        line_begins = true;
      } else if (c == ';' || c == '|' || (c == '&' && !IsRedirection(text, at))) {
        if (EndCommand()) return true;
        begins = true;
      } else if (c == '(' || c == ')' || c == '`') {
        begins = begins || !(c == '`' && at + 1 < text.size() && text[at + 1] == '\n');
      }
      ++at;
    }
    return EndCommand();
  }

 private:
  struct Progress {
    std::size_t phrase;
    std::vector<std::string_view> words;  // of the phrase
    std::size_t found;                    // of these words
    std::size_t first;                    // as counted from the beginning of the text
    std::size_t last;
  };

  static bool EndsWithContinuation(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line.ends_with('\\') || line.ends_with('`');
  }

  static bool IsRedirection(std::string_view text, std::size_t at) {
    return (at > 0 && text[at - 1] == '>') || (at + 1 < text.size() && text[at + 1] == '>');
  }

  // Looks at the words that were collected, and forgets them. Returns whether a command was found.
  bool EndCommand() {
    if (tokens_.empty()) return false;
    bool found = commands_.IsNamesake(tokens_);
    for (std::size_t i = 0; i < tokens_.size() && !found; ++i) found = Meet(i);
    base_ += tokens_.size();
    tokens_.clear();
    if (syntax_ == Syntax::kShell) progress_.clear();
    return found;
  }

  // The position of a token in the command at hand; tokens of earlier lines are its first.
  Span SpanOf(const Progress& progress) const {
    return {progress.first < base_ ? 0 : progress.first - base_, progress.last - base_};
  }

  bool Meet(std::size_t i) {
    const std::string_view word = tokens_[i].word;
    const std::size_t at = base_ + i;
    if (!progress_.empty()) {
      std::erase_if(progress_, [&](const Progress& each) {
        return each.found == each.words.size() || at - each.last > kMaxWordsBetween + 1;
      });
    }
    for (Progress& each : progress_) {
      if (!IsWord(word, each.words[each.found])) continue;
      ++each.found;
      each.last = at;
      if (IsWhole(each)) return true;
    }
    if (begins_none_.contains(word)) return false;
    bool begins = false;
    std::string_view before;
    for (const std::string_view form : FormsOf(word)) {
      if (form == before) continue;
      before = form;
      const auto known = commands_.by_first_word_.find(form);
      for (std::size_t phrase = known == commands_.by_first_word_.end() ? kNone : known->second;
           phrase != kNone; phrase = commands_.phrases_[phrase].next) {
        begins = true;
        if (Begin(phrase, i)) return true;
      }
    }
    lower_.assign(word);
    std::transform(lower_.begin(), lower_.end(), lower_.begin(), Lower);
    for (const Pattern& pattern : commands_.by_pattern_) {
      if (lower_.find(pattern.piece) == lower_.npos) continue;
      if (!IsWord(word, FirstWord(commands_.phrases_[pattern.phrase].text))) continue;
      begins = true;
      if (Begin(pattern.phrase, i)) return true;
    }
    if (!begins) begins_none_.insert(word);
    return false;
  }

  // Takes the word for the first of a phrase. Returns whether that is the whole phrase.
  bool Begin(std::size_t phrase, std::size_t i) {
    const std::size_t at = base_ + i;
    const Phrase& text = commands_.phrases_[phrase];
    if (text.is_argument && (syntax_ == Syntax::kCode || i == 0 || tokens_[i].begins)) return false;
    Progress first{phrase, Split(text.text), 1, at, at};
    if (IsWhole(first)) return true;
    if (first.words.size() == 1) return false;
    // A later beginning of the same command takes the place of an earlier one.
    std::erase_if(progress_,
                  [&](const Progress& each) { return each.phrase == phrase && each.found == 1; });
    progress_.push_back(std::move(first));
    return false;
  }

  bool IsWhole(const Progress& progress) const {
    if (progress.found < progress.words.size()) return false;
    return commands_.phrases_[progress.phrase].is_own ||
           !commands_.IsHarmless(tokens_, SpanOf(progress));
  }

  const Commands& commands_;
  const Syntax syntax_;
  std::vector<Token> tokens_;
  std::vector<Progress> progress_;
  std::size_t base_ = 0;  // words of the commands before this one
  std::unordered_set<std::string_view> begins_none_;
  std::string lower_;
};

bool Commands::StandIn(std::string_view text, Syntax syntax) const {
  return Search(*this, syntax).Find(text);
}

std::vector<std::string> Commands::FilesFor(const std::vector<std::string_view>& words) const {
  std::unordered_set<std::string_view> names;
  names.reserve(words.size());
  for (const std::string_view word : words) names.insert(LastPart(word));
  std::vector<std::string> files;
  for (const ConsumerList::File& file : list_.files) {
    const auto is_called = [&](std::string_view command) {
      if (!names.contains(FirstWord(command))) return false;
      const auto parts = Split(command);
      return std::all_of(parts.begin(), parts.end(),
                         [&](std::string_view part) { return names.contains(part); });
    };
    if (std::none_of(file.commands.begin(), file.commands.end(), is_called)) continue;
    std::string_view paths = environment_.Get(file.variable);
    if (paths.empty()) paths = file.path;
    while (!paths.empty()) {
      const std::size_t end = std::min(paths.find(':'), paths.size());
      if (end > 0) files.emplace_back(paths.substr(0, end));
      paths.remove_prefix(std::min(end + 1, paths.size()));
    }
  }
  return files;
}

}  // namespace jobwarden
