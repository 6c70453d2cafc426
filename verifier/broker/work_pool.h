#ifndef JOBWARDEN_VERIFIER_BROKER_WORK_POOL_H_
#define JOBWARDEN_VERIFIER_BROKER_WORK_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

namespace jobwarden {

/// Does work in threads, `most` at a time. Threads start when there is work for them, and stay
/// until the process ends. A pool is never destroyed while it works.
class WorkPool {
 public:
  explicit WorkPool(std::size_t most) : most_(most) {}
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  /// Work must not throw.
  void Do(std::function<void()> work);

 private:
  void Run();

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> waiting_;
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BROKER_WORK_POOL_H_
