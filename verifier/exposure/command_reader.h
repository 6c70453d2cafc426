#ifndef JOBWARDEN_VERIFIER_EXPOSURE_COMMAND_READER_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_COMMAND_READER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jobwarden {

/// A word of a command, without its quotes. What a substitution would put in is not in it.
struct CommandWord {
  std::string text;
  bool redirects = false;  ///< it is where input or output goes, or what `<<<` hands over
  bool runs = false;       ///< a part of it is what other commands print
  bool fetched = false;    ///< they get it from the network
  bool hidden = false;     ///< it is a pipe from commands whose output is hidden: `<(…)`
};

struct Command {
  std::vector<CommandWord> words;
  bool gets_hidden_text = false;  ///< a pipe hands it what cannot be read here
  std::string_view here_document{};
};

/// What a command prints.
enum class Output {
  kReadable,  ///< what stands in the job, or in its checkout
  kFetched,   ///< what it gets from the network
  kHidden,    ///< anything
};

/// Takes the text of a shell's script apart into commands, in the order in which they end: a
/// substitution comes before the command that it is a word of.
///
/// It is not a shell: it follows quotes, substitutions, pipes, redirections and here-documents as
/// honest scripts write them, so that a program can be told from an argument. A quote that is not
/// closed on its line is none, because what it is given may be no shell's text at all. Takes time
/// in proportion to the text, whatever that is.
class CommandReader {
 public:
  /// `judge` gets each command that has words, and says what it prints.
  using Judge = std::function<Output(const Command&)>;
  CommandReader(std::string_view text, Judge judge) : text_(text), judge_(std::move(judge)) {}

  void Read() { ReadCommands('\0'); }
  /// For a judge that has seen enough.
  void Stop() { at_ = text_.size(); }

 private:
  // What is known of all commands of a substitution.
  struct Ran {
    bool fetched = false;
    bool readable = true;
  };

  bool AtEnd() const { return at_ >= text_.size(); }
  bool Sees(std::string_view expected) const { return text_.substr(at_).starts_with(expected); }
  Ran ReadCommands(char end);
  CommandWord ReadWord(char end);
  void ReadRedirection(char end, std::vector<CommandWord>& words);
  void ReadSubstitution(CommandWord& word);
  void ReadQuoted(CommandWord& word, char quote);
  void BeginHereDocument();
  std::string_view ReadHereDocument();

  std::string_view text_;
  Judge judge_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::size_t line_end_ = 0;
  std::string_view here_end_;  // of a here-document that begins on the next line
  int lost_here_documents_ = 0;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_COMMAND_READER_H_
