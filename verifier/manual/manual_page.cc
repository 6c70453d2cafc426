#include "verifier/manual/manual_page.h"

#include <fmt/format.h>

#include "verifier/base/text.h"
#include "verifier/base/version.h"
#include "verifier/config/reference.h"

namespace jobwarden {
namespace {

// A backslash begins an escape, and a dot or an apostrophe at the begin of a line a command. A
// hyphen is written so that it stays one when a reader copies it.
std::string Escaped(std::string_view text) {
  std::string escaped;
  bool begins = true;
  for (const char c : text) {
    if (begins && (c == '.' || c == '\'')) escaped += "\\&";
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else {
      escaped += c;
    }
    begins = c == '\n';
  }
  return escaped;
}

std::string NamesOf(const OptionReference& option) {
  return option.names.empty() ? option.value : Join(option.names, ", ");
}

// An option within a synopsis.
std::string Brief(const OptionReference& option) {
  std::string text = NamesOf(option);
  if (!option.names.empty() && !option.value.empty()) text += " " + option.value;
  if (option.repeats) text += "...";
  return option.required ? text : fmt::format("[{}]", text);
}

std::string Synopsis(std::string_view path, const CommandReference& command) {
  std::string line(path);
  for (const OptionReference& each : command.options) line += " " + Brief(each);
  return line;
}

template <class Each>
void ForEachCommand(const CommandReference& command, const std::string& path, const Each& each) {
  if (command.commands.empty()) each(path, command);
  for (const CommandReference& below : command.commands) {
    ForEachCommand(below, path + " " + below.name, each);
  }
}

void AddOptions(ManualPage& page, const CommandReference& command) {
  for (const OptionReference& each : command.options) {
    page.Term(NamesOf(each), each.names.empty() ? "" : each.value, each.text);
  }
}

std::string FormText(const KeyReference& key) {
  switch (key.form) {
    case KeyForm::kOne:
      return "1";
    case KeyForm::kText:
      return "text";
    case KeyForm::kTexts:
    case KeyForm::kTextsOrNone:
      return "a list of texts";
    case KeyForm::kTextOrTexts:
      return "text, or a list of texts";
    case KeyForm::kWord:
      return QuoteAll(key.words);
    case KeyForm::kWords:
      return "a list of some of " + QuoteAll(key.words);
    case KeyForm::kBool:
      return "true, false";
    case KeyForm::kBoolOrWord:
      return "true, false, " + QuoteAll(key.words);
    case KeyForm::kDuration:
      return "a duration";
    case KeyForm::kNumber:
      return "a number";
    case KeyForm::kClaims:
      return "a table of conditions";
    case KeyForm::kFacts:
      return "a table of conditions, of which the names are " + Join(key.words, ", ");
    case KeyForm::kCondition:
      return "a condition";
    case KeyForm::kTextsByName:
      return "a table: NAME = [\"text\"]";
    case KeyForm::kWordByName:
      return "a table: NAME = " + QuoteAll(key.words);
    case KeyForm::kTable:
    case KeyForm::kTables:
      break;
  }
  return "";
}

std::string LastName(const std::string& path) {
  return path.substr(path.rfind('.') + 1);
}

}  // namespace

ManualPage::ManualPage(std::string_view name, int section, std::string_view summary) {
  std::string title(name);
  for (char& c : title) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  text_ = fmt::format(
      ".TH \"{}\" {} \"\" \"jobwarden {}\" \"jobwarden\"\n.nh\n.ad l\n.SH NAME\n{} \\- {}\n", title,
      section, Version(), Escaped(name), Escaped(summary));
}

void ManualPage::Section(std::string_view title) {
  text_ += fmt::format(".SH {}\n", Escaped(title));
}

void ManualPage::Subsection(std::string_view title) {
  text_ += fmt::format(".SS {}\n", Escaped(title));
}

void ManualPage::Paragraph(std::string_view text) {
  text_ += fmt::format(".PP\n{}\n", Escaped(text));
}

void ManualPage::Term(std::string_view term, std::string_view value, std::string_view text) {
  text_ += fmt::format(".TP\n\\fB{}\\fR", Escaped(term));
  if (!value.empty()) text_ += fmt::format(" \\fI{}\\fR", Escaped(value));
  text_ += fmt::format("\n{}\n", Escaped(text));
}

void ManualPage::Example(std::string_view lines) {
  text_ += fmt::format(".PP\n.nf\n{}\n.fi\n", Escaped(lines));
}

std::string CommandPage(const CommandReference& program) {
  ManualPage page(program.name, 1, "the gate of a CI runner, for people and fleets");
  page.Section("SYNOPSIS");
  ForEachCommand(program, program.name, [&](const std::string& path, const auto& command) {
    page.Paragraph(Synopsis(path, command));
  });
  page.Section("DESCRIPTION");
  page.Paragraph(program.text);
  page.Section("OPTIONS");
  AddOptions(page, program);
  page.Section("COMMANDS");
  ForEachCommand(program, program.name, [&](const std::string& path, const auto& command) {
    page.Subsection(path);
    page.Paragraph(command.text + ".");
    AddOptions(page, command);
  });
  page.Section("EXIT STATUS");
  page.Term("0", "", "allowed, or done");
  page.Term("1", "", "denied, or a check that failed");
  page.Term("2", "", "a mistake in the command line or the configuration");
  page.Term("3", "", "the question could not be answered, for example without keys");
  page.Section("ENVIRONMENT");
  page.Term("https_proxy, no_proxy", "", "the way to issuers that name no proxy of their own");
  page.Term("SSL_CERT_FILE, SSL_CERT_DIR", "", "certificates in place of the system's");
  page.Term("NO_COLOR", "", "if it is not empty, no colours are used");
  page.Section("FILES");
  page.Term("/etc/jobwarden/jobwarden.toml", "", "the configuration: see jobwarden.toml(5)");
  page.Section("SEE ALSO");
  page.Paragraph("jobwarden.toml(5), jobwarden-executor(8), jobwarden-hook(8), jobwarden-guard(8)");
  return page.text();
}

std::string ConfigPage() {
  ManualPage page("jobwarden.toml", 5, "what a runner with jobwarden allows");
  page.Section("DESCRIPTION");
  page.Paragraph(
      "The file /etc/jobwarden/jobwarden.toml is TOML 1.0. Files rules.d/*.toml beside it hold "
      "more rules, [[allow]] and [[deny]] alone. An unknown key is an error. A duration is a whole "
      "number and a unit: \"30s\", \"5m\", \"24h\", \"7d\".");
  page.Paragraph(
      "Root owns the files, and nobody else may write them. `jobwarden config check` and "
      "`jobwarden policy check` say what is wrong, and `jobwarden policy schema` prints a JSON "
      "Schema for editors.");
  page.Section("TOP LEVEL");
  for (const KeyReference& key : ConfigReference()) {
    if (key.form == KeyForm::kTable || key.form == KeyForm::kTables) {
      page.Section(HeadingOf(key));
      page.Paragraph(key.text + (key.preset == "required" ? "; required." : "."));
      continue;
    }
    std::string text = fmt::format("{} ({})", key.text, FormText(key));
    if (key.preset == "required") {
      text += "; required";
    } else if (!key.preset.empty()) {
      text += "; default: " + key.preset;
    }
    page.Term(LastName(key.path), "", text);
  }
  page.Section("CONDITIONS");
  page.Paragraph(
      "Text matches exactly, or as a pattern in which * is any run without a slash, ** any run, "
      "and ? one character that is not a slash. true and false also match the texts of these "
      "names, and a whole number its decimal text. A list matches if any element does. A table may "
      "hold any, not, regex (RE2, the whole value) and exists, and all that it holds must match. A "
      "name that begins with a slash is a JSON pointer.");
  page.Section("EXAMPLE");
  page.Example(
      "version = 1\n"
      "[[issuer]]\n"
      "name     = \"gitlab\"\n"
      "provider = \"gitlab\"\n"
      "url      = \"https://gitlab.example.com\"\n"
      "audience = \"https://ci-runners.example.com\"\n"
      "[[allow]]\n"
      "name      = \"deploys\"\n"
      "claims    = { project_id = 42, ref_protected = true }\n"
      "audiences = [\"https://vault.example.com\"]");
  page.Section("SEE ALSO");
  page.Paragraph("jobwarden(1), jobwarden-executor(8), jobwarden-hook(8)");
  return page.text();
}

}  // namespace jobwarden
