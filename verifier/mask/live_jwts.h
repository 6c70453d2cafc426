#ifndef JOBWARDEN_VERIFIER_MASK_LIVE_JWTS_H_
#define JOBWARDEN_VERIFIER_MASK_LIVE_JWTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/mask/span.h"

namespace jobwarden {

// A job can get itself a new token while it runs, which no variable of the job holds and no other
// search knows. Such a token is a JWT, and names its issuer: so it is recognised by its shape.
//
// A JWT is a header, a dot, a payload, a dot and a signature. A header begins with `eyJ`, which is
// `{"` in base64url, and nearly all text is passed over by a search for the `J`. From an `eyJ` on,
// the search walks from dot to dot. Where a part has ended that follows a header, the part is
// decoded, and its `iss` is compared with the issuers. The header may begin with any `eyJ` of its
// part, because other letters may be right before it.
//
// Only what can still become such a JWT is held back, and kMaxTokenBytes at most: from the first
// `eyJ` of a header or a payload, and of a signature only where it has not begun. A signature that
// has begun goes out masked as it comes, however long it is. The search never looks at a signature,
// never verifies anything, and never finds a JWT of another issuer.

/// Finds the JWTs of some issuers, no matter who minted them, in a text that comes in pieces,
/// wherever it is cut: what FindJwts finds, whose payload has one of them as `iss`, and whose
/// header and payload take up kMaxTokenBytes at most. Nothing is verified.
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

  // Of a payload: none, where it has no `iss`.
  enum class Issuer { kNone, kOther, kOurs };
  Issuer IssuerIn(std::string_view payload) const;

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
  // A part is what is between two dots; the last one is still going on.
  std::uint64_t part_ = 0;        // where that begins, unless there is neither header_ nor jwt_
  std::uint64_t start_ = kNone;   // where in it a header may begin, first of all
  std::uint64_t header_ = kNone;  // the same of the part before it
  std::uint64_t jwt_ = kNone;     // where the JWT begins whose signature it is
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_LIVE_JWTS_H_
