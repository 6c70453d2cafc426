#include "verifier/wiring/edit.h"

#include <fmt/format.h>

#include <algorithm>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

std::size_t LinesIn(std::string_view text) {
  const auto ends = std::count(text.begin(), text.end(), '\n');
  return static_cast<std::size_t>(ends) + (text.empty() || text.back() == '\n' ? 0 : 1);
}

/// The line without what a terminal would obey: the runner's user writes such a file too.
std::string Shown(std::string_view line) {
  std::string shown;
  const bool has_return = line.ends_with('\r');
  if (has_return) line.remove_suffix(1);
  for (;;) {
    const std::size_t tab = line.find('\t');
    shown += Visible(line.substr(0, tab), std::string::npos);
    if (tab == std::string_view::npos) break;
    shown += '\t';
    line.remove_prefix(tab + 1);
  }
  return has_return ? shown + '\r' : shown;
}

/// Each line of `text` after `sign`, as a unified diff has it.
void AddLines(std::string& diff, char sign, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    diff += sign + Shown(text.substr(0, end)) + '\n';
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

/// `first,count`, where `before` lines come first; a diff names the line before an empty range.
std::string Range(std::size_t before, std::size_t count) {
  return fmt::format("{},{}", before + (count == 0 ? 0 : 1), count);
}

}  // namespace

std::string Apply(std::string_view text, const std::vector<Edit>& edits) {
  std::string after;
  std::size_t at = 0;
  for (const Edit& edit : edits) {
    after += text.substr(at, edit.offset - at);
    after += edit.replacement;
    at = edit.offset + edit.length;
  }
  after += text.substr(at);
  return after;
}

std::string DiffText(const std::string& path, std::string_view text,
                     const std::vector<Edit>& edits) {
  std::string diff = fmt::format("--- {}\n+++ {}\n", path, path);
  std::size_t added = 0;
  std::size_t removed = 0;
  for (const Edit& edit : edits) {
    std::size_t begin = edit.offset;
    std::string_view old;
    std::string changed = edit.replacement;
    if (edit.length == 0) {
      // After a last line without a newline, the new lines bring it.
      changed.erase(0, changed.find_first_not_of("\r\n"));
    } else {
      begin = text.substr(0, edit.offset).rfind('\n') + 1;
      const std::size_t end = text.find('\n', edit.offset + edit.length);
      old = text.substr(begin, end == std::string_view::npos ? end : end + 1 - begin);
      changed = Apply(old, {{edit.offset - begin, edit.length, edit.replacement}});
    }
    const std::size_t before = LinesIn(text.substr(0, begin));
    diff += fmt::format("@@ -{} +{} @@\n", Range(before, LinesIn(old)),
                        Range(before + added - removed, LinesIn(changed)));
    AddLines(diff, '-', old);
    AddLines(diff, '+', changed);
    added += LinesIn(changed);
    removed += LinesIn(old);
  }
  return diff;
}

std::string_view LineEnd(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end != std::string_view::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

Edit InsertAfter(std::string_view text, std::size_t offset, const std::vector<std::string>& lines) {
  const std::size_t newline = text.find('\n', offset);
  const bool at_end = newline == std::string_view::npos;
  Edit edit{at_end ? text.size() : newline + 1, 0, ""};
  for (const std::string& line : lines) {
    if (at_end) edit.replacement += LineEnd(text);
    edit.replacement += line;
    if (!at_end) edit.replacement += LineEnd(text);
  }
  return edit;
}

}  // namespace jobwarden
