#include "verifier/metrics/metric_set.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

namespace jobwarden {
namespace {

constexpr std::string_view kEnd = "# EOF\n";
constexpr std::size_t kBuckets = kBucketBounds.size() + 1;

std::size_t NumbersOf(MetricType type) {
  return type == MetricType::kHistogram ? kBuckets + 1 : 1;
}

std::string BoundText(std::size_t bucket) {
  return bucket < kBucketBounds.size() ? SampleNumber(kBucketBounds.at(bucket)) : "+Inf";
}

// Cuts a value that is too long, at the beginning of a character.
std::string CutLabel(std::string value) {
  if (value.size() <= MetricSet::kMaxLabelBytes) return value;
  std::size_t end = MetricSet::kMaxLabelBytes;
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U) --end;
  value.resize(end);
  return value;
}

void AppendHistogram(std::string& out, const MetricDefinition& definition,
                     std::vector<MetricLabel> labels, const std::vector<double>& numbers) {
  const std::string name(definition.name);
  double count = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    count += numbers[i];
    const std::string bound = BoundText(i);
    labels.emplace_back("le", bound);
    AppendSample(out, name + "_bucket", labels, count);
    labels.pop_back();
  }
  AppendSample(out, name + "_sum", labels, numbers.back());
  AppendSample(out, name + "_count", labels, count);
}

// A sample's line, taken apart.
struct Line {
  std::string_view name;
  std::vector<std::pair<std::string, std::string>> labels;
  double number = 0;
};

bool Take(std::string_view& text, std::string_view what) {
  if (!text.starts_with(what)) return false;
  text.remove_prefix(what.size());
  return true;
}

// Takes a quoted value with its closing quote.
std::optional<std::string> TakeValue(std::string_view& text) {
  std::string value;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"') return value;
    if (c != '\\') {
      value += c;
      continue;
    }
    if (text.empty()) break;
    const char escaped = text.front();
    text.remove_prefix(1);
    if (escaped != 'n' && escaped != '"' && escaped != '\\') break;
    value += escaped == 'n' ? '\n' : escaped;
  }
  return std::nullopt;
}

std::optional<Line> ReadLine(std::string_view text) {
  Line line;
  line.name = text.substr(0, text.find_first_of("{ "));
  text.remove_prefix(line.name.size());
  if (Take(text, "{")) {
    do {
      const std::string_view label = text.substr(0, text.find('='));
      text.remove_prefix(label.size());
      if (!Take(text, "=\"")) return std::nullopt;
      auto value = TakeValue(text);
      if (!value) return std::nullopt;
      line.labels.emplace_back(label, *std::move(value));
    } while (Take(text, ","));
    if (!Take(text, "}")) return std::nullopt;
  }
  if (!Take(text, " ")) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), line.number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(line.number) || line.number < 0) return std::nullopt;
  return line;
}

// Which number of a series a line is about. Nothing: of none. kBuckets + 1: a histogram's count,
// which its buckets tell too.
std::optional<std::size_t> PlaceOf(Line& line, const MetricDefinition& definition) {
  if (definition.type != MetricType::kHistogram) {
    return line.name == definition.name ? std::optional<std::size_t>(0) : std::nullopt;
  }
  std::string_view part = line.name;
  if (!Take(part, definition.name)) return std::nullopt;
  if (part == "_sum") return kBuckets;
  if (part == "_count") return kBuckets + 1;
  if (part != "_bucket" || line.labels.empty() || line.labels.back().first != "le") {
    return std::nullopt;
  }
  const std::string bound = std::move(line.labels.back().second);
  line.labels.pop_back();
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (bound == BoundText(i)) return i;
  }
  return std::nullopt;
}

// Makes numbers of each bucket alone out of cumulative ones. False if they fall.
bool Differences(std::vector<double>& numbers) {
  for (std::size_t i = kBuckets - 1; i > 0; --i) {
    numbers[i] -= numbers[i - 1];
    if (numbers[i] < 0) return false;
  }
  return true;
}

}  // namespace

MetricSet::Numbers& MetricSet::At(Metric metric, LabelValues labels) {
  const MetricDefinition& definition = DefinitionOf(metric);
  for (std::string& value : labels) value = CutLabel(std::move(value));
  Series& series = series_[metric];
  auto found = series.find(labels);
  if (found == series.end()) {
    if (series.size() >= kMaxSeries) labels.assign(labels.size(), "other");
    found = series.try_emplace(std::move(labels), NumbersOf(definition.type)).first;
  }
  return found->second;
}

void MetricSet::Add(Metric counter, const LabelValues& labels, double by) {
  At(counter, labels).front() += by;
}

void MetricSet::Set(Metric gauge, const LabelValues& labels, double value) {
  At(gauge, labels).front() = value;
}

void MetricSet::Observe(Metric histogram, const LabelValues& labels, double seconds) {
  Numbers& numbers = At(histogram, labels);
  const auto* bound = std::lower_bound(kBucketBounds.begin(), kBucketBounds.end(), seconds);
  ++numbers[static_cast<std::size_t>(bound - kBucketBounds.begin())];
  numbers.back() += seconds;
}

double MetricSet::Get(Metric metric, const LabelValues& labels) const {
  const auto series = series_.find(metric);
  if (series == series_.end()) return 0;
  const auto found = series->second.find(labels);
  if (found == series->second.end()) return 0;
  const Numbers& numbers = found->second;
  double sum = numbers.front();
  for (std::size_t i = 1; i + 1 < numbers.size(); ++i) sum += numbers[i];
  return sum;
}

std::string MetricSet::Text() const {
  std::string out;
  for (const auto& [metric, series] : series_) {
    const MetricDefinition& definition = DefinitionOf(metric);
    AppendMetricHead(out, definition.name, definition.type, definition.help);
    for (const auto& [values, numbers] : series) {
      std::vector<MetricLabel> labels;
      for (std::size_t i = 0; i < values.size(); ++i) {
        labels.emplace_back(definition.labels[i], values[i]);
      }
      if (definition.type == MetricType::kHistogram) {
        AppendHistogram(out, definition, std::move(labels), numbers);
      } else {
        AppendSample(out, definition.name, labels, numbers.front());
      }
    }
  }
  out += kEnd;
  return out;
}

std::optional<MetricSet> MetricSet::Read(std::string_view text) {
  if (text.size() > kMaxBytes || !text.ends_with(kEnd)) return std::nullopt;
  text.remove_suffix(kEnd.size());
  MetricSet set;
  std::size_t next = 0;  // definition that the last line was about
  while (!text.empty()) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), whole.size() + 1));
    if (whole.starts_with("# HELP ") || whole.starts_with("# TYPE ")) continue;
    auto line = ReadLine(whole);
    if (!line) return std::nullopt;
    std::optional<std::size_t> place;
    const auto& definitions = MetricDefinitions();
    for (std::size_t i = next; i < definitions.size() && !place; ++i) {
      place = PlaceOf(*line, definitions[i]);
      if (place) next = i;
    }
    if (!place) return std::nullopt;
    const MetricDefinition& definition = definitions[next];
    LabelValues values;
    for (auto& [label, value] : line->labels) {
      if (values.size() >= definition.labels.size()) return std::nullopt;
      if (label != definition.labels[values.size()]) return std::nullopt;
      if (value.size() > kMaxLabelBytes) return std::nullopt;
      values.push_back(std::move(value));
    }
    if (values.size() != definition.labels.size()) return std::nullopt;
    Series& series = set.series_[definition.metric];
    Numbers& numbers =
        series.try_emplace(std::move(values), NumbersOf(definition.type)).first->second;
    // One more than Add makes: the series of the others.
    if (series.size() > kMaxSeries + 1) return std::nullopt;
    if (*place < numbers.size()) numbers[*place] = line->number;
  }
  for (auto& [metric, series] : set.series_) {
    if (DefinitionOf(metric).type != MetricType::kHistogram) continue;
    for (auto& [labels, numbers] : series) {
      if (!Differences(numbers)) return std::nullopt;
    }
  }
  return set;
}

}  // namespace jobwarden
