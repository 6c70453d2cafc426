#ifndef JOBWARDEN_VERIFIER_BASE_GLOB_H_
#define JOBWARDEN_VERIFIER_BASE_GLOB_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// A pattern that a whole text must fit: `*` stands for any run without `/`, `**` for any run, `?`
/// for one character that is not `/`; a run may be empty, a character is a UTF-8 one. Everything
/// else stands for itself: there is no escape.
class Glob {
 public:
  /// Whether a text holds a character that makes it a pattern.
  static bool IsPattern(std::string_view text) {
    return text.find_first_of("*?") != std::string_view::npos;
  }

  explicit Glob(std::string_view pattern);

  /// Takes time in proportion to the lengths of pattern and text, whatever they are.
  bool Matches(std::string_view text) const;

 private:
  enum class Kind : std::uint8_t { kCharacter, kOne, kRun, kRunWithSlashes };
  struct Part {
    Kind kind;
    std::uint32_t character;  // its UTF-8 bytes, packed
  };
  std::string prefix_;  // what stands before the first wildcard
  std::vector<Part> parts_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_GLOB_H_
