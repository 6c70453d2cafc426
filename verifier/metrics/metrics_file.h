#ifndef JOBWARDEN_VERIFIER_METRICS_METRICS_FILE_H_
#define JOBWARDEN_VERIFIER_METRICS_METRICS_FILE_H_

#include <chrono>
#include <functional>
#include <string>

#include "verifier/base/finding.h"
#include "verifier/metrics/metric_set.h"

namespace jobwarden {

/// How long a process waits for others that write the file.
inline constexpr std::chrono::milliseconds kMetricsPatience{5000};

/// Reads the file of metrics, lets `change` change the values, and replaces the file. Does nothing
/// if `path` is empty.
///
/// Each job is a process of its own, so a lock file beside, `path` + `.lock`, gives them turns. The
/// file is replaced by a rename: readers see the old file or the new one, and a process that is
/// killed loses what it was about to count, nothing else. The file is not fsynced: after a power
/// cut it may be torn.
///
/// A file that is torn, or that another program wrote, is begun again. A failure must not stop a
/// job, so all findings are warnings: METRICS_FAILED.
Findings UpdateMetrics(const std::string& path, const std::function<void(MetricSet&)>& change,
                       std::chrono::milliseconds patience = kMetricsPatience);

/// What would keep UpdateMetrics from its work, as far as that can be seen. Makes nothing.
Findings CheckMetricsFile(const std::string& path);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_METRICS_METRICS_FILE_H_
