#ifndef JOBWARDEN_VERIFIER_EXPOSURE_QUOTE_READER_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_QUOTE_READER_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace jobwarden {

/// How commands are written: for bash and sh, or for PowerShell.
enum class Syntax { kShell, kPowerShell };

/// Reads commands line by line, and knows whether the next line begins where a command may begin:
/// outside of quotes, here-documents and continued lines. It gives up for good at each form that it
/// cannot follow to its end.
class QuoteReader {
 public:
  explicit QuoteReader(Syntax syntax) : syntax_(syntax) {}

  /// Whether a command may begin at the next line. False for ever after the reader gave up.
  bool AtCommand() const { return !lost_ && quote_ == Quote::kNone && end_.empty() && !continued_; }

  /// Reads the next line, which is without its newline.
  void Read(std::string_view line);

 private:
  enum class Quote { kNone, kSingle, kAnsiC, kDouble };

  // Reads a line of a here-document, or of PowerShell's here-string.
  void ReadHere(std::string_view line);
  // Each reads the character at `at` and those that belong to it, and returns where the last of
  // them is.
  std::size_t ReadPlain(std::string_view line, std::size_t at);
  std::size_t ReadAnsiC(std::string_view line, std::size_t at);
  std::size_t ReadDouble(std::string_view line, std::size_t at);
  std::size_t ReadPowerShell(std::string_view line, std::size_t at);
  std::size_t ReadPowerShellDouble(std::string_view line, std::size_t at);
  std::size_t ReadComment(std::string_view line, std::size_t at);
  std::size_t BeginHereDocument(std::string_view line, std::size_t at);
  // Returns where the next `end` after `at` is. Gives up if there is none, or an obstacle before
  // it.
  std::size_t Skip(std::string_view line, std::size_t at, std::string_view end,
                   std::string_view obstacles);

  Syntax syntax_;
  Quote quote_ = Quote::kNone;
  std::string coming_;  // the word that ends the here-document that begins on the next line
  std::string end_;     // the word that ends the here-document that this line is in
  bool tabs_ = false;   // the line with that word may be indented
  bool continued_ = false;
  bool lost_ = false;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_QUOTE_READER_H_
