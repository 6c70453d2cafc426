#include "verifier/doctor/reach.h"

#include <chrono>

#include "verifier/fetch/connection.h"

namespace jobwarden {

bool CanReach(const Endpoint& endpoint) {
  constexpr std::chrono::seconds kPatience{3};
  return static_cast<bool>(
      Connect(endpoint.host, endpoint.port, std::chrono::steady_clock::now() + kPatience));
}

}  // namespace jobwarden
