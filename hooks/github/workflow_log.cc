#include "hooks/github/workflow_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace jobwarden {
namespace {

// The inverse of the runner's decoding. In properties, `:` ends a value and `,` ends a property.
std::string Encoded(std::string_view text, bool property) {
  std::string encoded;
  for (const char c : text) {
    switch (c) {
      case '%':
        encoded += "%25";
        break;
      case '\r':
        encoded += "%0D";
        break;
      case '\n':
        encoded += "%0A";
        break;
      case ':':
        encoded += property ? "%3A" : ":";
        break;
      case ',':
        encoded += property ? "%2C" : ",";
        break;
      default:
        encoded += c;
    }
  }
  return encoded;
}

}  // namespace

std::string AnnotationLine(Annotation level, std::string_view title, std::string_view message) {
  return fmt::format("::{} title={}::{}\n", level == Annotation::kError ? "error" : "warning",
                     Encoded(title, true), Encoded(message, false));
}

std::string MaskLine(std::string_view value) {
  std::string lines;
  while (!value.empty()) {
    const std::string_view line = value.substr(0, value.find_first_of("\r\n"));
    value.remove_prefix(std::min(line.size() + 1, value.size()));
    if (!line.empty()) lines += fmt::format("::add-mask::{}\n", Encoded(line, false));
  }
  return lines;
}

std::string FindingsAnnotated(const Findings& findings) {
  std::string lines;
  for (const Finding& finding : findings) {
    std::string message = fmt::format("{}: {}", CodeName(finding.code), finding.message);
    if (!finding.hint.empty()) message += "\n" + finding.hint;
    lines += AnnotationLine(Forbids(finding) ? Annotation::kError : Annotation::kWarning,
                            "jobwarden", message);
  }
  return lines;
}

}  // namespace jobwarden
