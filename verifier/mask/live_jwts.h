#ifndef JOBWARDEN_VERIFIER_MASK_LIVE_JWTS_H_
#define JOBWARDEN_VERIFIER_MASK_LIVE_JWTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/mask/span.h"

namespace jobwarden {

/// Finds the JWTs of some issuers, whoever minted them, in a text that comes in pieces, wherever
/// it is cut: what FindJwts finds, whose payload has one of them as `iss`, and whose header and
/// payload take up kMaxTokenBytes at most. Nothing is verified.
class LiveJwts {
 public:
  /// Does not own `issuers`.
  explicit LiveJwts(const std::vector<std::string>& issuers) : issuers_(issuers) {}

  /// As StreamSearch::Take. A JWT is found as soon as its signature begins; as more of that comes
  /// it is found again, longer, with the same beginning.
  void Take(std::string_view text, std::size_t fresh, Spans& found);

  /// As StreamSearch::Hold.
  std::uint64_t hold() const { return hold_; }

 private:
  static constexpr std::uint64_t kNone = ~std::uint64_t{0};

  // Each of these takes and gives places in the stream.
  bool IsIdle() const { return header_ == kNone && start_ == kNone && jwt_ == kNone; }
  std::uint64_t EndOfRun(std::uint64_t at) const;
  std::uint64_t FindStart(std::uint64_t at, std::uint64_t end) const;
  std::uint64_t DropOld(std::uint64_t start, std::uint64_t end, std::uint64_t now) const;
  void EndPart(std::uint64_t dot);
  void Hold();

  const std::vector<std::string>& issuers_;
  std::string_view text_;   // of this Take
  std::uint64_t base_ = 0;  // where it begins
  std::uint64_t end_ = 0;
  std::uint64_t hold_ = 0;
  // A part is what stands between two dots; the last one is still going on.
  std::uint64_t part_ = 0;        // where that begins, unless there is neither header_ nor jwt_
  std::uint64_t start_ = kNone;   // where in it a header may begin, first of all
  std::uint64_t header_ = kNone;  // the same of the part before it
  std::uint64_t jwt_ = kNone;     // where the JWT begins whose signature it is
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_LIVE_JWTS_H_
