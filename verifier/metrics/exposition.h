#ifndef JOBWARDEN_VERIFIER_METRICS_EXPOSITION_H_
#define JOBWARDEN_VERIFIER_METRICS_EXPOSITION_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jobwarden {

// Prometheus' text format, version 0.0.4: a head for each metric, then a line for each sample.

enum class MetricType { kCounter, kGauge, kHistogram };

/// A label's name and value. The name must be a label's name by Prometheus' rules.
using MetricLabel = std::pair<std::string_view, std::string_view>;

/// Appends `# HELP` and `# TYPE`. REQUIRES: `help` is one line without a backslash.
void AppendMetricHead(std::string& out, std::string_view name, MetricType type,
                      std::string_view help);

/// Appends `NAME{LABEL="VALUE",…} NUMBER`. The values of labels may be anything: they are escaped,
/// and bytes that are not UTF-8 become `?`.
void AppendSample(std::string& out, std::string_view name, const std::vector<MetricLabel>& labels,
                  double number);

/// A number as a sample has it: a whole one without a fraction, others in the shortest form that
/// reads back as the same.
std::string SampleNumber(double number);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_METRICS_EXPOSITION_H_
