#include "verifier/metrics/exposition.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <iterator>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

std::string_view TypeName(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      break;
  }
  return "histogram";
}

void AppendValue(std::string& out, std::string_view value) {
  const bool is_utf8 = IsUtf8(value);
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
    } else if (!is_utf8 && static_cast<unsigned char>(c) >= 0x80U) {
      out += '?';
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
}

}  // namespace

void AppendMetricHead(std::string& out, std::string_view name, MetricType type,
                      std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help,
                 TypeName(type));
}

void AppendSample(std::string& out, std::string_view name, const std::vector<MetricLabel>& labels,
                  double number) {
  out += name;
  char before = '{';
  for (const auto& [label, value] : labels) {
    out += before;
    out.append(label).append("=\"");
    AppendValue(out, value);
    out += '"';
    before = ',';
  }
  if (!labels.empty()) out += '}';
  out.append(" ").append(SampleNumber(number)).append("\n");
}

std::string SampleNumber(double number) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::abs(number) < kExact && std::trunc(number) == number) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", number);
}

}  // namespace jobwarden
