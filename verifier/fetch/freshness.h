#ifndef JOBWARDEN_VERIFIER_FETCH_FRESHNESS_H_
#define JOBWARDEN_VERIFIER_FETCH_FRESHNESS_H_

#include <chrono>
#include <string_view>

namespace jobwarden {

/// The least freshness, whatever the issuer says: its key set is not fetched again for every job.
/// A new key is found at once all the same, because an unknown `kid` causes a fetch of its own.
inline constexpr std::chrono::seconds kShortestFreshness{std::chrono::minutes(5)};

/// How long an answer is fresh: its max-age (RFC 9111 §5.2.2.1) minus its Age (§5.1). no-store and
/// no-cache count as a max-age of 0, and an answer that says nothing readable has `max_age`. The
/// result is at least kShortestFreshness and at most `max_age`.
std::chrono::seconds FreshFor(std::string_view cache_control, std::string_view age,
                              std::chrono::seconds max_age);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_FETCH_FRESHNESS_H_
