#ifndef JOBWARDEN_VERIFIER_FETCH_FRESHNESS_H_
#define JOBWARDEN_VERIFIER_FETCH_FRESHNESS_H_

#include <chrono>
#include <string_view>

namespace jobwarden {

/// However short an issuer says its key set is good for, it is not fetched for every job. A new
/// key is found at once all the same: an unknown `kid` is a reason of its own.
inline constexpr std::chrono::seconds kShortestFreshness{std::chrono::minutes(5)};

/// How long an answer is fresh: its max-age (RFC 9111 §5.2.2.1) less its Age (§5.1), nothing where
/// it says no-store or no-cache; `max_age` where it says nothing that can be read. At least
/// kShortestFreshness and at most `max_age`.
std::chrono::seconds FreshFor(std::string_view cache_control, std::string_view age,
                              std::chrono::seconds max_age);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_FRESHNESS_H_
