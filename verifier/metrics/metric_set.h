#ifndef JOBWARDEN_VERIFIER_METRICS_METRIC_SET_H_
#define JOBWARDEN_VERIFIER_METRICS_METRIC_SET_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/metrics/metric.h"

namespace jobwarden {

/// The values of jobwarden's metrics, as a file of Prometheus' text format holds them.
///
/// Labels come from the configuration, which changes over the years, and each new name of a rule
/// would stay in the file. So a metric has kMaxSeries series at most. After that a new series
/// counts as the one whose labels are all `other`.
class MetricSet {
 public:
  static constexpr std::size_t kMaxSeries = 500;
  static constexpr std::size_t kMaxLabelBytes = 200;  ///< longer values are cut
  static constexpr std::size_t kMaxBytes = std::size_t{16} * 1024 * 1024;  ///< that Read takes

  using LabelValues = std::vector<std::string>;

  // REQUIRES of each: one value for each label of the metric.

  void Add(Metric counter, const LabelValues& labels, double by = 1);
  void Set(Metric gauge, const LabelValues& labels, double value);
  void Observe(Metric histogram, const LabelValues& labels, double seconds);
  /// Removes all values of the metric.
  void Clear(Metric metric) { series_.erase(metric); }

  /// The value of a series; 0 if there is none. Of a histogram it is the number of observations.
  double Get(Metric metric, const LabelValues& labels) const;

  /// Prometheus' text format. The last line, `# EOF`, tells a whole text from a torn one.
  std::string Text() const;

  /// Reads what Text wrote. Nothing if the text is torn, if another program wrote it, or if another
  /// version did that counts other things.
  static std::optional<MetricSet> Read(std::string_view text);

 private:
  // A counter and a gauge have one number. A histogram has the number of observations in each
  // bucket (those of smaller buckets not included), then their sum.
  using Numbers = std::vector<double>;
  using Series = std::map<LabelValues, Numbers>;

  Numbers& At(Metric metric, LabelValues labels);

  std::map<Metric, Series> series_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_METRICS_METRIC_SET_H_
