#include "tests/support/exposition.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <utility>

namespace jobwarden::testing {
namespace {

using Labels = std::map<std::string, std::string>;

// The buckets of a histogram for one set of labels.
struct Histogram {
  std::vector<std::pair<double, double>> buckets;  // upper bound, count
  std::optional<double> sum;
  std::optional<double> count;

  bool AddsUp() const {
    if (!sum || !count || buckets.empty()) return false;
    for (std::size_t i = 1; i < buckets.size(); ++i) {
      if (buckets[i].first <= buckets[i - 1].first) return false;
      if (buckets[i].second < buckets[i - 1].second) return false;
    }
    return std::isinf(buckets.back().first) && buckets.back().second == *count;
  }
};

class Reader {
 public:
  std::vector<std::string> Read(const std::string& text) && {
    if (!text.ends_with('\n')) Fault("no newline at the end");
    if (nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::ignore) !=
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)) {
      Fault("not UTF-8");
    }
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      ++number_;
      if (ended_) Fault("a line after # EOF");
      ReadLine(line);
    }
    EndMetric();
    return std::move(faults_);
  }

 private:
  void Fault(const std::string& what) {
    faults_.push_back("line " + std::to_string(number_) + ": " + what);
  }

  void ReadLine(const std::string& line) {
    static const std::regex kHelp(R"(# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S(?:[^\\]|\\\\|\\n)*)");
    static const std::regex kType(
        R"(# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped))");
    static const std::regex kSample(
        R"(([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.+)\})? (NaN|[+-]?Inf|[+-]?[0-9.]+(?:e[+-]?[0-9]+)?))");
    std::smatch found;
    if (line == "# EOF") {
      ended_ = true;
    } else if (std::regex_match(line, found, kHelp)) {
      EndMetric();
      name_ = found[1];
      if (!names_.insert(name_).second) Fault("a second head of " + name_);
    } else if (std::regex_match(line, found, kType)) {
      if (found[1] != name_ || !type_.empty()) Fault("TYPE does not follow HELP");
      type_ = found[2];
      if ((type_ == "counter") != name_.ends_with("_total")) Fault(name_ + " is a " + type_);
    } else if (std::regex_match(line, found, kSample)) {
      ReadSample(found[1], found[2], found[3] == "+Inf" ? INFINITY : std::stod(found[3]));
    } else {
      Fault("expected a head or a sample, got " + line);
    }
  }

  std::optional<Labels> ReadLabels(std::string text) {
    static const std::regex kLabel(R"re(([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(,|$))re");
    Labels labels;
    std::smatch found;
    while (!text.empty()) {
      if (!std::regex_search(text, found, kLabel, std::regex_constants::match_continuous) ||
          !labels.emplace(found[1], found[2]).second) {
        return std::nullopt;
      }
      text = found.suffix();
    }
    return labels;
  }

  void ReadSample(const std::string& name, const std::string& label_text, double value) {
    auto labels = ReadLabels(label_text);
    if (!labels) return Fault("bad labels: " + label_text);
    const bool is_histogram = type_ == "histogram";
    const std::string part = name.starts_with(name_) ? name.substr(name_.size()) : "?";
    const bool is_bucket = is_histogram && part == "_bucket";
    const bool fits = is_histogram ? is_bucket || part == "_sum" || part == "_count"
                                   : !type_.empty() && part.empty();
    if (!fits) return Fault(name + " has no head just before it");
    if (labels->contains("le") != is_bucket) return Fault(name + ": le is a bucket's alone");
    if (!series_.emplace(name, *labels).second) return Fault(name + " appears twice");
    if (type_ == "counter" && !(value >= 0)) Fault(name + " is negative");
    if (!is_histogram) return;
    const std::string bound = is_bucket ? (*labels)["le"] : "";
    labels->erase("le");
    Histogram& histogram = histograms_[*labels];
    if (is_bucket) {
      histogram.buckets.emplace_back(bound == "+Inf" ? INFINITY : std::stod(bound), value);
    } else {
      (part == "_sum" ? histogram.sum : histogram.count) = value;
    }
  }

  void EndMetric() {
    for (const auto& [labels, histogram] : histograms_) {
      if (!histogram.AddsUp()) Fault(name_ + " does not add up");
    }
    if (!name_.empty() && type_.empty()) Fault(name_ + " has no TYPE");
    histograms_.clear();
    type_.clear();
  }

  std::vector<std::string> faults_;
  int number_ = 0;
  bool ended_ = false;
  std::set<std::string> names_;
  std::set<std::pair<std::string, Labels>> series_;
  std::string name_;  // of the metric that the last head began
  std::string type_;
  std::map<Labels, Histogram> histograms_;
};

}  // namespace

std::vector<std::string> ExpositionFaults(const std::string& text) {
  return Reader().Read(text);
}

}  // namespace jobwarden::testing
