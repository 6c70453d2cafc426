#include "hooks/guard/checkout_credentials.h"

#include <algorithm>
#include <cstddef>

namespace jobwarden {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::string_view WithoutIndentation(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
}

// The next line with its end, and the lines that continue it: those after a `\`.
std::string_view TakeLine(std::string_view& text) {
  std::size_t end = 0;
  do {
    const std::size_t newline = text.find('\n', end);
    end = newline == text.npos ? text.size() : newline + 1;
  } while (end < text.size() && end > 1 && text[end - 2] == '\\');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end);
  return line;
}

// Whether the line of a section `http` is a header that authorizes.
bool IsCredential(std::string_view line) {
  const std::string lower = Lower(WithoutIndentation(line));
  return lower.starts_with("extraheader") && lower.find("authorization") != lower.npos;
}

}  // namespace

DividedConfig DivideConfig(std::string_view config) {
  DividedConfig divided;
  std::string_view section;
  bool is_http = false;
  while (!config.empty()) {
    const std::string_view line = TakeLine(config);
    const std::string_view text = WithoutIndentation(line);
    if (text.starts_with('[')) {
      section = text.substr(0, text.rfind(']') + 1);
      is_http = Lower(section).starts_with("[http ") || Lower(section) == "[http]";
    }
    if (is_http && IsCredential(line)) {
      divided.taken.append(section).append("\n").append(line);
      if (!divided.taken.ends_with('\n')) divided.taken += '\n';
    } else {
      divided.rest += line;
    }
  }
  return divided;
}

std::string WithSections(std::string_view config, std::string_view taken) {
  std::string whole(config);
  const std::string there = DivideConfig(config).taken;
  while (!taken.empty()) {
    std::string_view section = taken;
    std::string_view rest = taken;
    TakeLine(rest);
    TakeLine(rest);
    section.remove_suffix(rest.size());
    taken = rest;
    if (there.find(section) != there.npos) continue;
    if (!whole.empty() && !whole.ends_with('\n')) whole += '\n';
    whole += section;
  }
  return whole;
}

}  // namespace jobwarden
