#ifndef JOBWARDEN_VERIFIER_CLI_TERMINAL_H_
#define JOBWARDEN_VERIFIER_CLI_TERMINAL_H_

#include <string>
#include <string_view>

namespace jobwarden {

enum class Color { kRed, kYellow, kGreen, kBold, kFaint };

/// Colours for one of the program's outputs: used if it is a terminal that shows them, and
/// `NO_COLOR` is not set, or empty (no-color.org).
class Terminal {
 public:
  explicit Terminal(int fd);

  /// The text in this colour; the text itself where there are none.
  std::string In(Color color, std::string_view text) const;

 private:
  bool colored_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_TERMINAL_H_
