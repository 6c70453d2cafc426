#ifndef JOBWARDEN_VERIFIER_SERVICE_METRICS_H_
#define JOBWARDEN_VERIFIER_SERVICE_METRICS_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "verifier/service/served_keys.h"

namespace jobwarden {

/// What the service has done, as Prometheus reads it. The labels are the service's own words, so
/// no client can make a new one. Safe to be used by many threads.
class Metrics {
 public:
  void Count(std::string_view route, int status, std::string_view outcome,
             std::chrono::nanoseconds took);
  void CountLostLogLine() { ++lost_lines_; }
  void CountReload(bool good) { ++(good ? reloads_ : failed_reloads_); }

  /// The numbers of this moment that are counted elsewhere.
  struct Gauges {
    std::size_t connections;
    std::size_t waiting;
    std::vector<ServedKeys::Health> keys;
  };
  std::string Text(const Gauges& gauges) const;

 private:
  static constexpr std::array kBounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                      0.025,  0.1,     0.5,    1.0,   5.0,    30.0};
  struct Key {
    std::string route;
    int status;
    std::string outcome;
    auto operator<=>(const Key&) const = default;
  };
  // A thread counts in a part of its own, so that threads do not wait for each other.
  struct Part {
    mutable std::mutex mutex;
    std::map<Key, std::uint64_t> requests;
    std::array<std::uint64_t, kBounds.size() + 1> buckets{};
    double seconds = 0;
    std::uint64_t count = 0;
    // The last one, which is mostly the next one too.
    Key last_key{};
    std::uint64_t* last = nullptr;
  };
  Part& Own();

  std::array<Part, 16> parts_;
  std::atomic<std::uint64_t> lost_lines_ = 0;
  std::atomic<std::uint64_t> reloads_ = 0;
  std::atomic<std::uint64_t> failed_reloads_ = 0;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_METRICS_H_
