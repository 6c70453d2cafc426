#ifndef JOBWARDEN_VERIFIER_BASE_GLOB_H_
#define JOBWARDEN_VERIFIER_BASE_GLOB_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// A pattern that a whole text must match: `*` matches any run without `/`, `**` any run, `?` one
/// character that is not `/`. A run may be empty; characters are those of UTF-8. Everything else
/// matches itself: there is no escape.
class Glob {
 public:
  /// Whether a text holds a character that makes it a pattern.
  static bool IsPattern(std::string_view text) {
    return text.find_first_of("*?") != std::string_view::npos;
  }

  explicit Glob(std::string_view pattern);

  /// Takes time in proportion to the product of the lengths of pattern and text, at most.
  bool Matches(std::string_view text) const;

 private:
  enum class Kind : std::uint8_t { kCharacter, kOne, kRun, kRunWithSlashes };
  struct Part {
    Kind kind;
    std::uint32_t character;  // its UTF-8 bytes, packed
  };
  std::string prefix_;  // the text before the first wildcard
  std::vector<Part> parts_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_GLOB_H_
