#include "verifier/service/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "verifier/base/version.h"

namespace jobwarden {
namespace {

void Head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

template <class Number>
void Line(std::string& out, std::string_view name, std::string_view labels, Number value) {
  fmt::format_to(std::back_inserter(out), "{}{} {}\n", name, labels, value);
}

}  // namespace

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
  Head(out, "jobwarden_build_info", "gauge", "The version that answers.");
  Line(out, "jobwarden_build_info", fmt::format("{{version=\"{}\"}}", Version()), 1);
  Head(out, "jobwarden_serve_requests_total", "counter", "Answered requests.");
  for (const auto& [key, many] : requests) {
    Line(out, "jobwarden_serve_requests_total",
         fmt::format("{{route=\"{}\",status=\"{}\",outcome=\"{}\"}}", key.route, key.status,
                     key.outcome),
         many);
  }
  constexpr std::string_view kTime = "jobwarden_serve_request_duration_seconds";
  Head(out, kTime, "histogram", "From a request's last byte to its answer, waits for keys too.");
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    sum += buckets[i];
    Line(out, fmt::format("{}_bucket", kTime),
         i < kBounds.size() ? fmt::format("{{le=\"{}\"}}", kBounds[i])
                            : std::string("{le=\"+Inf\"}"),
         sum);
  }
  Line(out, fmt::format("{}_sum", kTime), "", seconds);
  Line(out, fmt::format("{}_count", kTime), "", count);
  Head(out, "jobwarden_serve_connections", "gauge", "Open connections.");
  Line(out, "jobwarden_serve_connections", "", gauges.connections);
  Head(out, "jobwarden_serve_waiting_requests", "gauge", "Requests that wait for keys.");
  Line(out, "jobwarden_serve_waiting_requests", "", gauges.waiting);
  Head(out, "jobwarden_serve_log_lines_lost_total", "counter",
       "Lines of the access log that nobody read in time.");
  Line(out, "jobwarden_serve_log_lines_lost_total", "", lost_lines_.load());
  Head(out, "jobwarden_serve_reloads_total", "counter", "Reloads of configuration or certificate.");
  Line(out, "jobwarden_serve_reloads_total", "{result=\"good\"}", reloads_.load());
  Line(out, "jobwarden_serve_reloads_total", "{result=\"refused\"}", failed_reloads_.load());

  const auto of_keys = [&](std::string_view name, std::string_view type, std::string_view help,
                           const auto& value) {
    Head(out, name, type, help);
    for (const ServedKeys::Health& each : gauges.keys) {
      Line(out, name, fmt::format("{{issuer=\"{}\"}}", each.issuer), value(each));
    }
  };
  using Health = ServedKeys::Health;
  of_keys("jobwarden_keys_usable", "gauge", "Whether the issuer's key set can be used.",
          [](const Health& each) { return each.usable ? 1 : 0; });
  of_keys("jobwarden_keys", "gauge", "Usable keys in the issuer's set.",
          [](const Health& each) { return each.keys; });
  of_keys("jobwarden_keys_last_look_seconds", "gauge", "Seconds since the set was looked at.",
          [](const Health& each) { return each.age; });
  of_keys("jobwarden_keys_failures_total", "counter", "Looks that found no usable set.",
          [](const Health& each) { return each.looks_failed; });
  of_keys("jobwarden_keys_unknown_kid_refreshes_total", "counter",
          "Refreshes that an unknown kid caused.",
          [](const Health& each) { return each.unknown_kids; });
  return out;
}

}  // namespace jobwarden
