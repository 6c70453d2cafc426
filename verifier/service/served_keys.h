#ifndef JOBWARDEN_VERIFIER_SERVICE_SERVED_KEYS_H_
#define JOBWARDEN_VERIFIER_SERVICE_SERVED_KEYS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/keys/key_source.h"
#include "verifier/provider/issuer.h"

namespace jobwarden {

/// The key sets of all issuers in memory, kept fresh in the background by one thread for each
/// issuer. Nobody who asks waits: where memory cannot answer, the caller is told so, and is woken
/// when it can. However many ask, an issuer is asked as often as one process may ask it: all that
/// wait for an unknown `kid` wait for the same refresh, and after it `cooldown` passes before the
/// next.
class ServedKeys {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// How an issuer's keys are, for readiness and metrics.
  struct Health {
    std::string issuer;
    bool usable = false;
    std::string problem;  ///< why it is not, or what is wrong with it all the same
    std::size_t keys = 0;
    double age = 0;  ///< seconds since the last look that succeeded
    std::uint64_t looks_failed = 0;
    std::uint64_t unknown_kids = 0;  ///< refreshes that an unknown `kid` caused
  };

  /// Starts the threads. `state_dir` holds the cache that all processes share.
  ServedKeys(const std::vector<Issuer>& issuers, const std::string& state_dir);
  ServedKeys(const ServedKeys&) = delete;
  ServedKeys& operator=(const ServedKeys&) = delete;
  /// Does not wait for the threads: each ends when its present work is done.
  ~ServedKeys();

  /// Waits until each issuer was looked at once, for `most` at most.
  void WaitForFirstLook(std::chrono::milliseconds most) const;
  std::vector<Health> health() const;

 private:
  friend class AskedKeys;
  struct Kept;
  std::shared_ptr<Kept> Find(const std::string& issuer) const;
  std::vector<std::shared_ptr<Kept>> all_;
};

/// The keys as one request sees them.
class AskedKeys final : public KeySource {
 public:
  /// `asked_at`: a set that was fetched later proves that a key does not exist.
  AskedKeys(const ServedKeys& served, ServedKeys::Time asked_at)
      : served_(served), asked_at_(asked_at) {}

  Result<Keys> Get(const Issuer& issuer, std::string_view kid) override;

  /// Whether an answer from here was none, because the set has to be refreshed first.
  bool must_wait() const { return missing_.has_value(); }
  /// What calls its argument, once and perhaps from another thread, when the request may be tried
  /// again. REQUIRES: must_wait.
  std::function<void(std::function<void()>)> Wait() const;

 private:
  struct Missing {
    std::shared_ptr<ServedKeys::Kept> kept;
    std::string kid;
  };
  const ServedKeys& served_;
  ServedKeys::Time asked_at_;
  std::optional<Missing> missing_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_SERVICE_SERVED_KEYS_H_
