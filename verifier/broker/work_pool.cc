#include "verifier/broker/work_pool.h"

#include <thread>
#include <utility>

namespace jobwarden {

void WorkPool::Do(std::function<void()> work) {
  bool start = false;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(work));
    start = waiting_.size() > idle_ && threads_ < most_;
    if (start) ++threads_;
  }
  if (start) {
    std::thread([this] { Run(); }).detach();
  } else {
    more_.notify_one();
  }
}

void WorkPool::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    more_.wait(lock, [this] { return !waiting_.empty(); });
    --idle_;
    const auto work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace jobwarden
