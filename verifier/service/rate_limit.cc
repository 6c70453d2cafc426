#include "verifier/service/rate_limit.h"

#include <algorithm>

namespace jobwarden {
namespace {

// So many clients are remembered. One that has been quiet for a second need not be.
constexpr std::size_t kMaxClients = 65'536;

}  // namespace

bool RateLimit::Take(const std::string& client, Time now) {
  if (rate_ <= 0) return true;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxClients && buckets_.find(client) == buckets_.end()) {
    // Looking at all of them for each stranger would cost more than the requests.
    if (now - swept_ < std::chrono::seconds(1)) return false;
    swept_ = now;
    std::erase_if(buckets_, [now](const auto& each) {
      return now - each.second.at > std::chrono::seconds(1);
    });
    if (buckets_.size() >= kMaxClients) return false;
  }
  Bucket& bucket = buckets_.try_emplace(client, Bucket{rate_, now}).first->second;
  const double passed = std::chrono::duration<double>(now - bucket.at).count();
  bucket.tokens = std::min(rate_, bucket.tokens + std::max(passed, 0.0) * rate_);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

}  // namespace jobwarden
