#include "verifier/service/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "verifier/base/version.h"
#include "verifier/metrics/exposition.h"

namespace jobwarden {
Metrics::Part& Metrics::Own() {
  static std::atomic<std::size_t> next = 0;
  thread_local const std::size_t mine = next++;
  return parts_[mine % parts_.size()];
}

void Metrics::Count(std::string_view route, int status, std::string_view outcome,
                    std::chrono::nanoseconds took) {
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bucket = static_cast<std::size_t>(
      std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin());
  Part& part = Own();
  const std::lock_guard lock(part.mutex);
  if (part.last == nullptr || part.last_key.status != status || part.last_key.route != route ||
      part.last_key.outcome != outcome) {
    part.last_key = {std::string(route), status, std::string(outcome)};
    part.last = &part.requests[part.last_key];
  }
  ++*part.last;
  ++part.buckets[bucket];
  part.seconds += seconds;
  ++part.count;
}

std::string Metrics::Text(const Gauges& gauges) const {
  std::map<Key, std::uint64_t> requests;
  std::array<std::uint64_t, kBounds.size() + 1> buckets{};
  double seconds = 0;
  std::uint64_t count = 0;
  for (const Part& part : parts_) {
    const std::lock_guard lock(part.mutex);
    for (const auto& [key, many] : part.requests) requests[key] += many;
    for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += part.buckets[i];
    seconds += part.seconds;
    count += part.count;
  }
  std::string out;
  const auto head = [&out](std::string_view name, MetricType type, std::string_view help) {
    AppendMetricHead(out, name, type, help);
  };
  const auto sample = [&out](std::string_view name, const std::vector<MetricLabel>& labels,
                             auto number) {
    AppendSample(out, name, labels, static_cast<double>(number));
  };
  head("jobwarden_build_info", MetricType::kGauge, "The version that answers.");
  sample("jobwarden_build_info", {{"version", Version()}}, 1);
  head("jobwarden_serve_requests_total", MetricType::kCounter, "Answered requests.");
  for (const auto& [key, many] : requests) {
    sample("jobwarden_serve_requests_total",
           {{"route", key.route}, {"status", std::to_string(key.status)}, {"outcome", key.outcome}},
           many);
  }
  constexpr std::string_view kTime = "jobwarden_serve_request_duration_seconds";
  head(kTime, MetricType::kHistogram,
       "From a request's last byte to its answer, waits for keys too.");
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    sum += buckets[i];
    sample(fmt::format("{}_bucket", kTime),
           {{"le", i < kBounds.size() ? SampleNumber(kBounds[i]) : "+Inf"}}, sum);
  }
  sample(fmt::format("{}_sum", kTime), {}, seconds);
  sample(fmt::format("{}_count", kTime), {}, count);
  head("jobwarden_serve_connections", MetricType::kGauge, "Open connections.");
  sample("jobwarden_serve_connections", {}, gauges.connections);
  head("jobwarden_serve_waiting_requests", MetricType::kGauge, "Requests that wait for keys.");
  sample("jobwarden_serve_waiting_requests", {}, gauges.waiting);
  head("jobwarden_serve_log_lines_lost_total", MetricType::kCounter,
       "Lines of the access log that nobody read in time.");
  sample("jobwarden_serve_log_lines_lost_total", {}, lost_lines_.load());
  head("jobwarden_serve_reloads_total", MetricType::kCounter,
       "Reloads of configuration or certificate.");
  sample("jobwarden_serve_reloads_total", {{"result", "good"}}, reloads_.load());
  sample("jobwarden_serve_reloads_total", {{"result", "refused"}}, failed_reloads_.load());

  const auto of_keys = [&](std::string_view name, MetricType type, std::string_view help,
                           const auto& value) {
    head(name, type, help);
    for (const ServedKeys::Health& each : gauges.keys) {
      sample(name, {{"issuer", each.issuer}}, value(each));
    }
  };
  using Health = ServedKeys::Health;
  of_keys("jobwarden_keys_usable", MetricType::kGauge, "Whether the issuer's key set can be used.",
          [](const Health& each) { return each.usable ? 1 : 0; });
  of_keys("jobwarden_keys", MetricType::kGauge, "Usable keys in the issuer's set.",
          [](const Health& each) { return each.keys; });
  of_keys("jobwarden_keys_last_look_seconds", MetricType::kGauge,
          "Seconds since the set was looked at.", [](const Health& each) { return each.age; });
  of_keys("jobwarden_keys_failures_total", MetricType::kCounter, "Looks that found no usable set.",
          [](const Health& each) { return each.looks_failed; });
  of_keys("jobwarden_keys_unknown_kid_refreshes_total", MetricType::kCounter,
          "Refreshes that an unknown kid caused.",
          [](const Health& each) { return each.unknown_kids; });
  return out;
}

}  // namespace jobwarden
