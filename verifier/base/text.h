#ifndef JOBWARDEN_VERIFIER_BASE_TEXT_H_
#define JOBWARDEN_VERIFIER_BASE_TEXT_H_

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// Makes text that a stranger wrote fit for a log, a message and JSON: in double quotes, on one
/// line, with JSON's escapes, at most 200 characters (then `…`). It escapes control characters,
/// characters that change the direction of text or hide it, invalid UTF-8, and `##[`, which
/// GitHub's runner reads as a command anywhere in a line. Whatever looks like a JWT becomes
/// `[JWT]`.
std::string Quote(std::string_view text);

/// The same without quotes around the text, and with quotes and backslashes as they are; at most
/// `most` characters.
std::string Visible(std::string_view text, std::size_t most = 200);

/// Makes the text of a library's error, which may repeat what a stranger wrote, fit for a log: as
/// Visible does, and with a small first letter.
std::string LibraryWords(std::string_view words);

/// Quotes each text and joins them: `"a", "b"`.
std::string QuoteAll(const std::vector<std::string>& texts);

/// The name of a variable that a stranger chose. A short word of letters, digits and `_` stays as
/// it is; any other name is quoted.
std::string QuoteName(std::string_view name);

std::string Join(const std::vector<std::string>& texts, std::string_view between);

/// The candidate that `word` was most likely meant to be: at most two edits away, or a third of its
/// length if that is more (a transposed pair is one edit). Empty when no candidate is so near.
std::string NearestWord(std::string_view word, const std::vector<std::string>& candidates);

/// Whether `text` contains `piece`. Takes linear time, whatever both are.
bool Contains(std::string_view text, std::string_view piece);

/// Removes `prefix` from the beginning of `text`. Returns false, and changes nothing, where `text`
/// does not begin with it.
bool TakePrefix(std::string_view& text, std::string_view prefix);

/// The text without any occurrence of `piece`. REQUIRES: `piece` is not empty.
std::string RemoveAll(std::string_view text, std::string_view piece);

/// A duration as the configuration has it: `"90s"`, `"5m"`, `"24h"`, `"7d"`, by the largest unit of
/// which it is a whole number. (Without the quotes.)
std::string DurationText(std::chrono::seconds duration);

/// Whether `text` is valid UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool IsUtf8(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_TEXT_H_
