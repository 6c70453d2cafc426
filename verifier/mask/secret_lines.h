#ifndef JOBWARDEN_VERIFIER_MASK_SECRET_LINES_H_
#define JOBWARDEN_VERIFIER_MASK_SECRET_LINES_H_

#include <string_view>
#include <vector>

namespace jobwarden {

/// The text without the white space at its ends, and without the byte order mark that Windows puts
/// before a file's text.
std::string_view TrimWhiteSpace(std::string_view text);

/// The lines of a value of several lines that are secrets by themselves, without the white space
/// at their ends: programs indent them, put something before each, end them by CR LF, or print one
/// of them alone. A line ends at a line break, or at a `\n` or `\r` that is written with a
/// backslash, as in a string of JSON. A line counts where it has kMinSearchedBytes or more, and
/// says something:
/// - not one that begins or ends a key in PEM (`-----BEGIN …-----`);
/// - not one that is a word of fewer than kMinEmbeddedBytes letters;
/// - not a name (`contexts:`, `<servers>`, `"auths": {`) with nothing after it, or with less than
///   kMinSearchedBytes (`kind: Config`, `<id>central</id>`): many files have such lines.
///
/// Empty for a value of one line.
std::vector<std::string_view> SecretLines(std::string_view value);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_SECRET_LINES_H_
