#include "hooks/step/harmless.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "hooks/step/phrase.h"

namespace jobwarden {
namespace {

// Words before the program itself.
constexpr std::string_view kBeforeProgram[] = {"sudo", "env",   "then",  "do",   "else", "elif",
                                               "if",   "while", "until", "time", "exec", "nohup"};

template <class List>
bool Contains(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool IsOption(std::string_view word) {
  return word.starts_with('-') || word.starts_with('+');
}

// `--dry-run=false`, or a value that nobody knows.
bool IsSwitchedOff(const std::vector<CommandWord>& command, std::size_t at) {
  if (!command[at].assigned || command[at].text.find("dry-run") == std::string_view::npos) {
    return false;
  }
  return at + 1 == command.size() || Contains(kSaysNo, command[at + 1].text) ||
         command[at + 1].text.starts_with('$');
}

// The position of the next word of a phrase after `at`. Between a program and its own command only
// options and their values may be, but an option may be anywhere.
std::optional<std::size_t> FindNext(const std::vector<CommandWord>& command, std::size_t at,
                                    std::string_view next, bool anywhere) {
  for (std::size_t i = at + 1; i < command.size(); ++i) {
    if (IsWord(command[i].text, next)) return i;
    const bool of_option = IsOption(command[i].text) || command[i - 1].text.starts_with('-');
    if (!of_option && !anywhere) return std::nullopt;
  }
  return std::nullopt;
}

// The position of the last word of a phrase whose first word is at `at`.
std::optional<std::size_t> FindEnd(const std::vector<CommandWord>& command, std::size_t at,
                                   const std::vector<std::string_view>& phrase) {
  for (std::size_t i = 1; i < phrase.size(); ++i) {
    const std::string_view next = phrase[i];
    if (next == "*") {
      if (i + 1 == phrase.size()) return command.size() - 1;
      continue;
    }
    const bool anywhere = next.starts_with('-') || (i > 1 && phrase[i - 1] == "*");
    const auto found = FindNext(command, at, next, anywhere);
    if (!found || IsSwitchedOff(command, *found)) return std::nullopt;
    at = *found;
  }
  return at;
}

// Whether `%NAME` of a phrase holds: the variable is set, in the environment or by the command.
bool IsSet(std::string_view variable, const std::vector<CommandWord>& command,
           const StepEnvironment& environment) {
  return !environment.Get(variable).empty() ||
         std::any_of(command.begin(), command.end(), [&](const CommandWord& word) {
           return word.assigned && word.text == variable;
         });
}

// Where the program is in the command that begins at `begin`.
std::size_t FindProgram(const std::vector<CommandWord>& command, std::size_t begin,
                        std::size_t end) {
  std::size_t at = begin;
  while (at < end && (command[at].assigned || (at > begin && command[at - 1].assigned) ||
                      Contains(kBeforeProgram, command[at].text))) {
    ++at;
  }
  return at;
}

// Whether a phrase of the list is in the command, and reaches the span or beyond it. The command
// begins at `begin`, and its program is at `program`.
bool Covers(std::string_view phrase, const std::vector<CommandWord>& command, std::size_t begin,
            std::size_t program, Span span, const StepEnvironment& environment) {
  if (phrase.starts_with('%')) {
    const std::string_view variable = FirstWord(phrase.substr(1));
    if (!IsSet(variable, command, environment)) return false;
    phrase.remove_prefix(std::min(variable.size() + 2, phrase.size()));
  }
  const bool at_program = phrase.starts_with('^');
  if (at_program) phrase.remove_prefix(1);
  const std::string_view first_word = FirstWord(phrase);
  if (first_word.empty()) return false;
  const std::size_t first = at_program ? program : begin;
  const std::size_t end = at_program ? program : span.last;
  for (std::size_t at = first; at <= end; ++at) {
    if (!IsWord(command[at].text, first_word)) continue;
    const auto last = FindEnd(command, at, WordsOfPhrase(phrase));
    if (last && *last >= span.first) return true;
  }
  return false;
}

}  // namespace

bool IsHarmless(const std::vector<CommandWord>& command, Span span, const ConsumerList& list,
                const StepEnvironment& environment) {
  // The command that the span is in, inside its own parentheses.
  std::size_t begin = span.first;
  while (begin > 0 && !command[begin].begins) --begin;
  const std::size_t program = FindProgram(command, begin, span.first);
  for (std::string_view line : list.harmless) {
    while (!line.empty()) {
      if (Covers(TakeCommand(line), command, begin, program, span, environment)) return true;
    }
  }
  return false;
}

}  // namespace jobwarden
