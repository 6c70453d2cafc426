#ifndef JOBWARDEN_VERIFIER_BASE_TEXT_H_
#define JOBWARDEN_VERIFIER_BASE_TEXT_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// Text that a stranger wrote, made fit for a log, a message and JSON: in double quotes, on one
/// line, escaped as JSON is, at most 200 characters of it (then `…`). Control characters,
/// characters that change the direction or hide text, and invalid UTF-8 are escaped, and so is what
/// GitHub's runner takes for a command anywhere in a line (`##[`); whatever looks like a JWT is
/// replaced by `[JWT]`.
std::string Quote(std::string_view text);

/// The words of a library's error, fit for a log: as Quote shows them, but without quotes around
/// them, with a small first letter, and with the quotes and backslashes that the library wrote.
/// Libraries repeat what a stranger wrote.
std::string LibraryWords(std::string_view words);

/// Quotes each, and joins them: `"a", "b"`.
std::string QuoteAll(const std::vector<std::string>& texts);

/// The name of a variable that a stranger chose: as it is where it is a word of letters, digits and
/// `_`, and not long; else as Quote shows it.
std::string QuoteName(std::string_view name);

std::string Join(const std::vector<std::string>& texts, std::string_view between);

/// The candidate that `word` was most likely meant to be: at most two edits away (a transposed
/// pair is one edit), or a third of its length; empty when none is near.
std::string NearestWord(std::string_view word, const std::vector<std::string>& candidates);

/// Whether `piece` stands in `text`. Takes linear time, whatever both are.
bool Contains(std::string_view text, std::string_view piece);

/// The text without `piece`, wherever it stands. REQUIRES: a piece of one byte at least.
std::string RemoveAll(std::string_view text, std::string_view piece);

/// A duration as the configuration has it: `"90s"`, `"5m"`, `"24h"`, `"7d"`, by the largest unit of
/// which it is a whole number. (Without the quotes.)
std::string DurationText(std::chrono::seconds duration);

/// Whether `text` is valid UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool IsUtf8(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_TEXT_H_
