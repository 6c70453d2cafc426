#ifndef JOBWARDEN_VERIFIER_MASK_INTERRUPTION_H_
#define JOBWARDEN_VERIFIER_MASK_INTERRUPTION_H_

#include <cstddef>
#include <string_view>

#include "verifier/mask/characters.h"

namespace jobwarden {

/// What programs put into the middle of a long word: a terminal's colours, and the end of a line
/// with the margin of the next.

/// How far an interruption may go, in bytes, on each side of a line break, and without one.
inline constexpr std::size_t kMaxInterruption = 256;

/// Whether an interruption may begin with this character.
constexpr bool MayInterrupt(char c) {
  return !IsSolid(c);
}

constexpr bool IsLineBreak(char c) {
  return c == '\n' || c == '\r';
}

inline constexpr char kEscape = '\x1B';

/// What follows a part of an interruption.
struct Skipped {
  enum class Kind {
    kPast,  ///< the rest of the text, from `at` on
    kOpen,  ///< the text ends in the middle of it
    kNone,  ///< nothing: it is not a part of an interruption
  };
  Kind kind;
  std::size_t at = 0;
};

/// Skips the control sequences of a terminal (ECMA-48, and what xterm adds) that follow each other
/// from text[at] on; `at` itself where there are none. Open where the text ends right after them:
/// there may be more.
Skipped SkipColours(std::string_view text, std::size_t at);

/// Skips the rest of a line from text[at] on, in which the word does not go on, and its line break:
/// LF, CR, or CRs and LF. The rest holds no solid character, except for a `+` or `.` alone, by
/// which languages join strings, and after the border of a table's cell: a bar, or any character
/// that is not ASCII.
Skipped SkipLineEnd(std::string_view text, std::size_t at);

/// Skips the margin of a line from text[at] on, to the first solid character.
Skipped SkipMargin(std::string_view text, std::size_t at);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_INTERRUPTION_H_
