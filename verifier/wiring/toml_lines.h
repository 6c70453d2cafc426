#ifndef JOBWARDEN_VERIFIER_WIRING_TOML_LINES_H_
#define JOBWARDEN_VERIFIER_WIRING_TOML_LINES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// A table's header, or a key with its value, and where it is in the text.
struct TomlLine {
  enum class Kind { kTable, kTableOfArray, kValue };

  Kind kind{};
  std::vector<std::string> key;  ///< as written: a value's key is relative to its table
  std::size_t begin = 0;         ///< of the key, or the header's bracket
  std::size_t value = 0;         ///< where a value begins
  std::size_t end = 0;           ///< after the value or the header; a comment may follow
  std::size_t line_begin = 0;
};

/// Finds the headers and values of a TOML document, in its order. Nothing if the text is one that
/// this does not understand; such a text may be TOML. This checks no more of TOML than it needs to
/// find the ends of values: callers read the text with ReadDocument too.
std::optional<std::vector<TomlLine>> FindTomlLines(std::string_view text);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_WIRING_TOML_LINES_H_
