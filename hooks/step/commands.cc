#include "hooks/step/commands.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

#include "hooks/step/phrase.h"
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

template <class List>
bool Contains(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool Applies(const ConsumerList::Setting& setting, std::string_view name, std::string_view value) {
  if (!FitsPattern(name, setting.name)) return false;
  return setting.value.empty() ? !Contains(kSaysNo, value) : FitsPattern(value, setting.value);
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
        } else if (std::string named = PlainName(PartAtStar(name, setting.name));
                   named.size() > 1) {
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

bool Commands::IsNamesake(const std::vector<CommandWord>& tokens) const {
  if (namesakes_.empty()) return false;
  return std::any_of(tokens.begin(), tokens.end(), [&](const CommandWord& token) {
    return token.begins && Contains(namesakes_, PlainName(FormsOf(token.text)[1]));
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
    const std::string_view word = tokens_[i].text;
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
    std::transform(lower_.begin(), lower_.end(), lower_.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
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
    Progress first{phrase, WordsOfPhrase(text.text), 1, at, at};
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
           !IsHarmless(tokens_, SpanOf(progress), commands_.list_, commands_.environment_);
  }

  const Commands& commands_;
  const Syntax syntax_;
  std::vector<CommandWord> tokens_;
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
      const auto parts = WordsOfPhrase(command);
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
