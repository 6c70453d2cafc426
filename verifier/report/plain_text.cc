#include "verifier/report/plain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxColumn = 60;

// Characters, as far as each code point is one.
std::size_t Width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string Padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - std::min(width, Width(text)), ' ');
  return right ? blanks + text : text + blanks;
}

std::string Line(const std::vector<std::string>& cells, const ReportTable& table,
                 const std::vector<std::size_t>& widths) {
  std::string line = " ";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += ' ' + Padded(cells[i], std::min(widths[i], kMaxColumn), table.columns[i].is_number);
    if (i + 1 < cells.size()) line += ' ';
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

std::string TableText(const ReportTable& table) {
  std::vector<std::vector<std::string>> lines(1);
  for (const ReportTable::Column& column : table.columns) lines[0].push_back(column.title);
  for (std::size_t i = 0; i < std::min(table.rows.size(), kMaxTextRows); ++i) {
    std::vector<std::string> line;
    for (const std::string& cell : table.rows[i]) line.push_back(Visible(cell));
    lines.push_back(std::move(line));
  }
  std::vector<std::size_t> widths(table.columns.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], Width(line[i]));
  }
  std::string out = fmt::format("\n{}\n", table.title);
  for (const auto& line : lines) out += Line(line, table, widths);
  if (table.rows.size() > kMaxTextRows) {
    out += fmt::format("  … {} more\n", table.rows.size() - kMaxTextRows);
  }
  return out;
}

}  // namespace

std::string PlainText(const Report& report) {
  std::string out = report.span.empty() ? "no decisions\n" : report.span + " UTC\n";
  for (const std::string& note : report.notes) out += Visible(note) + '\n';
  out += '\n';
  for (const ReportFigure& each : report.figures) {
    out += fmt::format("{:>9} {}\n", each.number, each.title);
  }
  for (const ReportTable& table : report.tables) {
    if (!table.rows.empty()) {
      out += TableText(table);
    } else {
      out += fmt::format("\n{}\n  {}\n", table.title, table.when_empty);
    }
  }
  return out;
}

}  // namespace jobwarden
