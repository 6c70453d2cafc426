#include "verifier/os/clock.h"

#include <thread>

namespace jobwarden {

std::chrono::sys_seconds SystemNow() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

void SleepFor(std::chrono::seconds time) {
  std::this_thread::sleep_for(time);
}

}  // namespace jobwarden
