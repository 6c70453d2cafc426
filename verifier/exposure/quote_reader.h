#ifndef JOBWARDEN_VERIFIER_EXPOSURE_QUOTE_READER_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_QUOTE_READER_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace jobwarden {

/// How commands are written: for bash and sh, or for PowerShell.
enum class Syntax { kShell, kPowerShell };

/// Follows commands from line to line, so far as to know whether a line begins where a command may
/// begin. It gives up, for good, at whatever it does not follow to its end.
class QuoteReader {
 public:
  explicit QuoteReader(Syntax syntax) : syntax_(syntax) {}

  bool AtCommand() const { return !lost_ && quote_ == Quote::kNone && end_.empty() && !continued_; }

  void Read(std::string_view line);

 private:
  enum class Quote { kNone, kSingle, kAnsiC, kDouble };

  // A line of a here-document, or of PowerShell's here-string.
  void ReadHere(std::string_view line);
  // Each takes the character at `at` and what belongs to it, and gives where the last of it stands.
  std::size_t ReadPlain(std::string_view line, std::size_t at);
  std::size_t ReadAnsiC(std::string_view line, std::size_t at);
  std::size_t ReadDouble(std::string_view line, std::size_t at);
  std::size_t ReadPowerShell(std::string_view line, std::size_t at);
  std::size_t ReadPowerShellDouble(std::string_view line, std::size_t at);
  std::size_t ReadComment(std::string_view line, std::size_t at);
  std::size_t BeginHereDocument(std::string_view line, std::size_t at);
  // To the `end` behind `at`, if there is none of `obstacles` before.
  std::size_t Skip(std::string_view line, std::size_t at, std::string_view end,
                   std::string_view obstacles);

  Syntax syntax_;
  Quote quote_ = Quote::kNone;
  std::string coming_;  // the end of the here-document that begins on the next line
  std::string end_;     // the end of the one that this line is in
  bool tabs_ = false;   // it may be indented
  bool continued_ = false;
  bool lost_ = false;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_QUOTE_READER_H_
