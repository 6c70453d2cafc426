#ifndef JOBWARDEN_VERIFIER_SERVICE_RATE_LIMIT_H_
#define JOBWARDEN_VERIFIER_SERVICE_RATE_LIMIT_H_

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace jobwarden {

/// How many requests a second each client may make. A client that was quiet may make those of one
/// second at once. Safe to be used by many threads.
class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// 0: no limit.
  explicit RateLimit(std::size_t per_second) : rate_(static_cast<double>(per_second)) {}

  /// Whether this client may make a request now.
  bool Take(const std::string& client, Time now);

 private:
  struct Bucket {
    double tokens;
    Time at;
  };
  double rate_;
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  Time swept_{};
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_RATE_LIMIT_H_
