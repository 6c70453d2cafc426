#ifndef JOBWARDEN_EXECUTOR_RECEIVED_SHELL_WORD_H_
#define JOBWARDEN_EXECUTOR_RECEIVED_SHELL_WORD_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace jobwarden {

/// In PowerShell a path is a text in double quotes. With FF_USE_POWERSHELL_PATH_RESOLVER runners
/// put this before the path and `)` after it.
inline constexpr std::string_view kPowerShellPathResolver =
    "$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath(";

/// How GitLab Runner writes a text as one word of a shell. The empty text is `''` in all of them.
enum class Quoting {
  /// Bare, or `$'…'`: the default since 15.0, in 14 with FF_USE_NEW_SHELL_ESCAPE.
  kAnsiC,
  /// The default of 14: lower-case letters are quoted too, `\a \b \v \f` are `\xHH`.
  kAnsiCOfFourteen,
  /// Bare, or `"…"`: FF_POSIXLY_CORRECT_ESCAPES.
  kPosix,
};
inline constexpr Quoting kQuotings[] = {Quoting::kAnsiC, Quoting::kAnsiCOfFourteen,
                                        Quoting::kPosix};

/// The word for `text`, as the runner writes it.
std::string EncodeWord(std::string_view text, Quoting quoting);

/// `text` with its special bytes escaped, without the quotes around it: how it stands inside the
/// word for a longer text.
std::string EscapeInWord(std::string_view text, Quoting quoting);

/// How many bytes the word has that `text` begins with; 0 when it begins with none. A bare POSIX
/// word may hold newlines: it ends before the line that sets the next variable, else at the first
/// line's end.
std::size_t WordLength(std::string_view text, Quoting quoting);

/// The text of a word; nothing when EncodeWord does not make exactly this word of it.
std::optional<std::string> DecodeWord(std::string_view word, Quoting quoting);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_RECEIVED_SHELL_WORD_H_
