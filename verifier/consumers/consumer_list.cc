#include "verifier/consumers/consumer_list.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "verifier/consumers/built_in.h"

namespace jobwarden {
namespace {

constexpr std::string_view kFirstLine = "jobwarden-consumers 1";
constexpr std::size_t kMaxEntries = 8192;
constexpr std::size_t kMaxWords = 8;     // of a command
constexpr std::size_t kMaxPhrase = 256;  // bytes of a command, a name or a path
constexpr std::size_t kMaxStars = 4;     // of a word

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// The part up to the separator. The rest, without the separator, stays in `text`.
std::string_view TakeUpTo(std::string_view& text, std::string_view separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + separator.size(), text.size()));
  return part;
}

bool IsDate(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-dd";
  if (text.size() < kForm.size()) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char form = at < kForm.size() ? kForm[at] : at == kForm.size() ? '.' : 'd';
    if (form == 'd' ? text[at] < '0' || text[at] > '9' : text[at] != form) return false;
  }
  return text.size() != kForm.size() + 1 && text.size() <= 2 * kForm.size();
}

bool IsPattern(std::string_view name) {
  return !name.empty() && name.size() <= kMaxPhrase &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < '\x7f'; }) &&
         static_cast<std::size_t>(std::count(name.begin(), name.end(), '*')) <= kMaxStars;
}

// The characters of which a shell makes one word. Other words could never be found.
constexpr auto kOfWords = [] {
  std::array<bool, 256> of_words{};
  for (char c = '!'; c <= '~'; ++c) of_words[static_cast<unsigned char>(c)] = true;
  for (const char c : std::string_view("'\"`;|&()<>={}[]!#\\$")) {
    of_words[static_cast<unsigned char>(c)] = false;
  }
  return of_words;
}();

// Whether the text is words with one blank between them.
bool IsCommand(std::string_view command) {
  if (command.empty() || command.size() > kMaxPhrase) return false;
  std::size_t words = 1;
  std::size_t stars = 0;
  char before = ' ';
  for (const char c : command) {
    if (c == ' ' ? before == ' ' : !kOfWords[static_cast<unsigned char>(c)]) return false;
    if (c == ' ') ++words;
    if (c == '*') ++stars;
    before = c;
  }
  return words <= kMaxWords && stars <= kMaxStars && before != ' ';
}

class Reader {
 public:
  explicit Reader(bool is_accepted) : is_accepted_(is_accepted) {}

  std::variant<ConsumerList, std::string> Read(std::string_view text) {
    if (text.size() > kMaxConsumerListBytes) return std::string("the list is over 256 KiB");
    list_.text = std::make_shared<const std::string>(text);
    text = *list_.text;
    if (Trim(TakeLine(text)) != kFirstLine) {
      return "line 1: expected " + std::string(kFirstLine);
    }
    while (!text.empty()) {
      std::string_view line = Trim(TakeLine(text));
      if (line.empty() || line.starts_with('#')) continue;
      const std::string_view keyword = TakeUpTo(line, " ");
      if (auto wrong = Take(keyword, Trim(line)); !wrong.empty()) {
        return "line " + std::to_string(line_) + ": " + wrong;
      }
    }
    if (list_.date.empty())
      return std::string("expected a line with the list's date: date 2026-11-28");
    return std::move(list_);
  }

 private:
  std::string_view TakeLine(std::string_view& text) {
    ++line_;
    return TakeUpTo(text, "\n");
  }

  std::string Take(std::string_view keyword, std::string_view rest) {
    if (keyword == "date") {
      if (!list_.date.empty()) return "date appears twice";
      if (!IsDate(rest)) return "expected a date: 2026-11-28, or 2026-11-28.2";
      list_.date = rest;
      return {};
    }
    if (keyword == "command") return AddCommands(rest, list_.commands);
    if (keyword == "harmless") return AddLine(rest, rest, list_.harmless);
    if (keyword == "known") return AddCommands(rest, list_.known);
    if (keyword == "git") return AddLine(rest, rest, list_.git);
    if (keyword != "variable" && keyword != "setting" && keyword != "file") {
      return "unknown word; expected date, command, harmless, known, variable, setting, file or "
             "git";
    }
    const std::string_view line = rest;
    std::string_view name = Trim(TakeUpTo(rest, ": "));
    if (keyword == "variable") {
      if (!IsPattern(name)) return "expected the name of a variable, then a colon";
      return AddLine(line, rest, list_.variables);
    }
    const std::string_view variable = TakeUpTo(name, "=");
    if (!IsPattern(variable) || (!name.empty() && !IsPattern(name))) {
      return "expected the name of a variable, then a colon";
    }
    if (keyword == "setting") {
      list_.settings.push_back({variable, name, {}});
      return AddCommands(rest, list_.settings.back().commands);
    }
    list_.files.push_back({variable, name, {}});
    return AddCommands(rest, list_.files.back().commands);
  }

  // Keeps a line that ends with commands, and only checks these.
  std::string AddLine(std::string_view line, std::string_view commands,
                      ConsumerList::Texts& lines) {
    lines.push_back(line);
    if (is_accepted_) return {};
    ConsumerList::Texts checked;
    return AddCommands(commands, checked);
  }

  std::string AddCommands(std::string_view rest, ConsumerList::Texts& commands) {
    if (rest.empty()) return "expected commands, with commas between";
    while (!rest.empty()) {
      const std::string_view command = TakeCommand(rest);
      if (!is_accepted_ && !IsCommand(command)) {
        return "expected a command: 1 to 8 words with one blank between, without quotes";
      }
      if (++entries_ > kMaxEntries) return "the list has over 8192 commands";
      commands.push_back(command);
    }
    return {};
  }

  bool is_accepted_;
  ConsumerList list_;
  std::size_t line_ = 0;
  std::size_t entries_ = 0;
};

}  // namespace

std::string_view TakeCommand(std::string_view& line) {
  return Trim(TakeUpTo(line, ","));
}

std::map<std::string, std::vector<std::string>> ConsumerList::ByVariable() const {
  std::map<std::string, std::vector<std::string>> by_variable;
  for (std::string_view line : variables) {
    auto& all = by_variable[std::string(Trim(TakeUpTo(line, ": ")))];
    while (!line.empty()) all.emplace_back(TakeCommand(line));
  }
  return by_variable;
}

std::variant<ConsumerList, std::string> ParseConsumerList(std::string_view text) {
  return Reader(false).Read(text);
}

std::variant<ConsumerList, std::string> ParseAcceptedList(std::string_view text) {
  return Reader(true).Read(text);
}

const ConsumerList& BuiltInConsumers() {
  static const ConsumerList kList = [] {
    auto list = ParseAcceptedList(kBuiltInConsumers);
    // A test checks the text.
    if (list.index() != 0) std::abort();
    return std::get<0>(std::move(list));
  }();
  return kList;
}

}  // namespace jobwarden
