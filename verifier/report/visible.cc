#include "verifier/report/visible.h"

#include "verifier/base/text.h"

namespace jobwarden {

std::string Visible(std::string_view text) {
  // Quotes need no escape outside of quotes.
  const std::string quoted = Quote(text);
  std::string out;
  for (std::size_t at = 1; at + 1 < quoted.size(); ++at) {
    const bool escaped = quoted[at] == '\\' && (quoted[at + 1] == '"' || quoted[at + 1] == '\\');
    out += quoted[escaped ? ++at : at];
  }
  return out;
}

std::string Html(std::string_view text) {
  std::string out;
  for (const char c : Visible(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace jobwarden
