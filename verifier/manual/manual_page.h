#ifndef JOBWARDEN_VERIFIER_MANUAL_MANUAL_PAGE_H_
#define JOBWARDEN_VERIFIER_MANUAL_MANUAL_PAGE_H_

#include <string>
#include <string_view>

#include "verifier/manual/command_reference.h"

namespace jobwarden {

/// A manual page while it is written, in man(7)'s language. Texts are taken as they are: what roff
/// would read as a command is escaped.
class ManualPage {
 public:
  ManualPage(std::string_view name, int section, std::string_view summary);

  void Section(std::string_view title);
  void Subsection(std::string_view title);
  void Paragraph(std::string_view text);
  /// A term in bold, `value` after it in italics, and what it means.
  void Term(std::string_view term, std::string_view value, std::string_view text);
  /// Lines that are shown as they are.
  void Example(std::string_view lines);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// jobwarden(1), from the commands that the program has.
std::string CommandPage(const CommandReference& program);

/// jobwarden.toml(5), from ConfigReference.
std::string ConfigPage();

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MANUAL_MANUAL_PAGE_H_
