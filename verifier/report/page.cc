#include "verifier/report/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/report/html.h"

namespace jobwarden {
namespace {

// A row that does not fit is left out, and counted. Each table has at least so much room. What the
// others leave is for the first, which is the one that people read most.
constexpr std::size_t kLeastTableBytes = 60'000;
// Style, script, chart and all else that is no table.
constexpr std::size_t kFrameBytes = 200'000;
constexpr std::size_t kMaxNotes = 20;

// Base64 (RFC 4648 §4) of the SHA-256, as a content security policy has it.
std::string Digest(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = Sha256Hex(text);
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : hex) {
    bits = bits << 4U | static_cast<std::uint32_t>(c <= '9' ? c - '0' : c - 'a' + 10);
    count += 4;
    if (count < 6) continue;
    count -= 6;
    out += kDigits[bits >> static_cast<unsigned>(count) & 63U];
  }
  // 256 bits are 42 digits and 4 bits.
  out += kDigits[bits << 2U & 63U];
  return "sha256-" + out + "=";
}

std::string Head() {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; "
      "script-src '{}'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>jobwarden: decisions</title>\n<style>{}</style>\n</head>\n",
      Digest(kReportStyle), Digest(kReportScript), kReportStyle);
}

std::string Figures(const Report& report) {
  std::string out = "<dl class=\"figures\">\n";
  for (const ReportFigure& each : report.figures) {
    out += fmt::format("<div><dt>{}</dt><dd{}>{}</dd></div>\n", Html(each.title),
                       each.is_bad && each.number > 0 ? " class=\"bad\"" : "", each.number);
  }
  return out + "</dl>\n";
}

struct Part {
  std::string_view style;
  std::string_view title;
  std::uint64_t OutcomeCounts::*count;
};

// From the bottom of a bar to its top.
constexpr std::array kParts{Part{"allowed", "Allowed", &OutcomeCounts::allowed},
                            Part{"would", "Would be denied", &OutcomeCounts::would_deny},
                            Part{"denied", "Denied", &OutcomeCounts::denied},
                            Part{"failed", "Could not decide", &OutcomeCounts::failed}};

std::string Chart(const Report& report) {
  constexpr double kWidth = 1000;
  constexpr double kHeight = 200;
  std::uint64_t highest = 1;
  for (const ReportBar& each : report.bars) highest = std::max(highest, each.counts.all());
  const double step = kWidth / static_cast<double>(report.bars.size());
  std::string out = fmt::format(
      "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"Decisions by {}; the highest bar is "
      "{}. "
      "The table below has the numbers.\">\n",
      kWidth, kHeight, report.bar_width, highest);
  for (std::size_t i = 0; i < report.bars.size(); ++i) {
    const OutcomeCounts& counts = report.bars[i].counts;
    if (counts.all() == 0) continue;
    out += fmt::format("<g><title>{}: {}</title>", Html(report.bars[i].title), counts.all());
    double top = kHeight;
    for (const Part& part : kParts) {
      const auto count = counts.*part.count;
      if (count == 0) continue;
      // Not so low that nobody sees it.
      const double height =
          std::max(1.5, static_cast<double>(count) * (kHeight - 10) / static_cast<double>(highest));
      top -= height;
      out += fmt::format(
          R"(<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)", part.style,
          static_cast<double>(i) * step, top, std::max(step * 0.85, 1.0), height);
    }
    out += "</g>\n";
  }
  out += "</svg>\n<ul class=\"legend\">\n";
  for (const Part& part : kParts) {
    out += fmt::format(
        "<li><svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><rect class=\"{}\" width=\"1\" "
        "height=\"1\"/></svg> {}</li>\n",
        part.style, part.title);
  }
  return out + "</ul>\n";
}

std::string TableHead(const ReportTable& table) {
  std::string out = "<table>\n<thead><tr>";
  for (const ReportTable::Column& column : table.columns) {
    out += fmt::format("<th scope=\"col\"{}>{}</th>", column.is_number ? " class=\"number\"" : "",
                       Html(column.title));
  }
  return out + "</tr></thead>\n<tbody>\n";
}

std::string TableRow(const ReportTable& table, const std::vector<std::string>& row) {
  std::string out = "<tr>";
  for (std::size_t i = 0; i < row.size(); ++i) {
    const ReportTable::Column& column = table.columns[i];
    // bdi: letters of another direction in a name do not move what stands beside it.
    out += fmt::format("<td data-label=\"{}\"{}><bdi>{}</bdi></td>", Html(column.title),
                       column.is_number ? " class=\"number\"" : "", Html(row[i]));
  }
  return out + "</tr>\n";
}

std::string Rows(const ReportTable& table, std::size_t most) {
  std::string out = TableHead(table);
  std::size_t shown = 0;
  for (const auto& row : table.rows) {
    const std::string text = TableRow(table, row);
    if (out.size() + text.size() > most) break;
    out += text;
    ++shown;
  }
  out += "</tbody>\n</table>\n";
  if (shown < table.rows.size()) {
    out += fmt::format("<p class=\"faint\">{} more rows are left out.</p>\n",
                       table.rows.size() - shown);
  }
  return out;
}

std::string Section(const ReportTable& table, std::size_t most) {
  std::string out = fmt::format(
      "<section id=\"{0}\" data-table aria-labelledby=\"{0}-title\">\n"
      "<h2 id=\"{0}-title\">{1}</h2>\n",
      table.id, Html(table.title));
  if (!table.note.empty()) out += fmt::format("<p class=\"faint\">{}</p>\n", Html(table.note));
  if (table.rows.empty()) {
    out += fmt::format("<p>{}</p>\n", Html(table.when_empty));
  } else {
    out += Rows(table, most) + "<p class=\"none\" hidden>No row has these words.</p>\n";
  }
  return out + "</section>\n";
}

// The chart's numbers, for those who do not see it.
ReportTable BarTable(const Report& report) {
  ReportTable table;
  table.columns = {{"From"}};
  for (const Part& part : kParts) table.columns.push_back({std::string(part.title), true});
  for (const ReportBar& bar : report.bars) {
    if (bar.counts.all() == 0) continue;
    std::vector<std::string> row{bar.title};
    for (const Part& part : kParts) row.push_back(std::to_string(bar.counts.*part.count));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string Time(const Report& report) {
  std::string out =
      "<section id=\"time\" aria-labelledby=\"time-title\">\n<h2 id=\"time-title\">Decisions over "
      "time</h2>\n";
  if (report.bars.empty()) return out + "<p>There are no decisions.</p>\n</section>\n";
  out += fmt::format("<p class=\"faint\">One bar is one {}, in UTC.</p>\n", report.bar_width);
  return out + Chart(report) + "<details><summary>Numbers</summary>\n" +
         Rows(BarTable(report), kLeastTableBytes) + "</details>\n</section>\n";
}

}  // namespace

std::string Page(const Report& report) {
  std::string out = Head();
  out += fmt::format(
      "<body>\n<header>\n<h1>jobwarden: decisions</h1>\n<p class=\"faint\">{}. Made {} UTC.</p>\n",
      report.span.empty() ? "There are no decisions" : Html(report.span) + " UTC",
      Html(report.made));
  for (std::size_t i = 0; i < std::min(report.notes.size(), kMaxNotes); ++i) {
    out += fmt::format("<p>{}</p>\n", Html(report.notes[i]));
  }
  if (report.notes.size() > kMaxNotes) {
    out += fmt::format("<p>{} more notes are left out.</p>\n", report.notes.size() - kMaxNotes);
  }
  out += Figures(report);
  out += "<nav aria-label=\"Sections\"><ul>\n<li><a href=\"#time\">Over time</a></li>\n";
  for (const ReportTable& table : report.tables) {
    out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", table.id, Html(table.title));
  }
  out += "</ul></nav>\n</header>\n<main>\n" + Time(report);
  // Scripts show it.
  out +=
      "<div class=\"filter\" role=\"search\" hidden><label for=\"words\">Filter the tables</label>"
      "<input id=\"words\" type=\"search\" placeholder=\"words ( / )\" "
      "autocomplete=\"off\"><output id=\"found\" for=\"words\" aria-live=\"polite\"></output>"
      "</div>\n";
  std::size_t room = kMaxPageBytes - kFrameBytes - report.tables.size() * kLeastTableBytes;
  for (const ReportTable& table : report.tables) {
    const std::string section = Section(table, kLeastTableBytes + room);
    room -= std::min(room, section.size() - std::min(section.size(), kLeastTableBytes));
    out += section;
  }
  out += "</main>\n";
  return out + fmt::format("<script>{}</script>\n</body>\n</html>\n", kReportScript);
}

}  // namespace jobwarden
