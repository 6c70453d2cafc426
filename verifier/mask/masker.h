#ifndef JOBWARDEN_VERIFIER_MASK_MASKER_H_
#define JOBWARDEN_VERIFIER_MASK_MASKER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/mask/interrupted_search.h"
#include "verifier/mask/live_jwts.h"
#include "verifier/mask/multi_search.h"
#include "verifier/mask/span.h"
#include "verifier/mask/stream_search.h"

namespace jobwarden {

/// What is to be masked: values in all their MaskedForms, and the JWTs of some issuers.
///
/// Immutable; any number of streams may use one at once. Holds the forms, and wipes them when it
/// dies.
class MaskSet {
 public:
  /// Values under kMinSearchedBytes are left out. Issuers are compared with `iss` byte for byte.
  MaskSet(const std::vector<std::string_view>& values, std::vector<std::string> issuers);

  const MultiSearch& forms() const { return forms_; }
  const std::vector<std::string>& issuers() const { return issuers_; }

 private:
  MultiSearch forms_;
  std::vector<std::string> issuers_;
};

// Three searches read the stream side by side: StreamSearch finds the forms, InterruptedSearch goes
// on where a form was interrupted, LiveJwts finds tokens that no variable holds. Each says what it
// has found, and from which byte on it still needs the stream. The masker keeps the stream from the
// first such byte on, in one buffer into which its caller reads, and gives out views of the rest:
// no byte is copied to be searched or written. It never gives out a byte that a search may still
// mask, and never waits for bytes that no search needs.

/// Replaces by `[MASKED]` what a MaskSet names, in one stream: each of the forms, also in lines or
/// with colours inside, as InterruptedSearch says, and what LiveJwts finds. Places that overlap
/// become one `[MASKED]`.
///
/// Where the stream is cut makes no difference. Held back is only what may still become a place
/// that is masked, so at most as much as the longest form with its line breaks, or kMaxTokenBytes;
/// all before it goes out at once. Any bytes pass. The time it takes grows with the stream alone.
///
///     while (const auto room = masker.Room(n); (got = read(from, room.data(), n)) > 0)
///       Write(masker.Take(got));
///     Write(masker.Finish());
class Masker {
 public:
  /// Views of what is to be written, in this order. Valid until the next call.
  using Pieces = std::vector<std::string_view>;

  /// Does not own `set`.
  explicit Masker(const MaskSet& set, const FollowerBudget& budget = {});
  Masker(Masker&&) = default;
  ~Masker();

  /// Where the stream's next bytes may be put. Valid until the next call.
  std::span<char> Room(std::size_t bytes);
  /// The stream went on with the first `bytes` of Room.
  const Pieces& Take(std::size_t bytes);
  /// The stream went on with a copy of `input`.
  const Pieces& Feed(std::string_view input);
  /// The stream has ended, perhaps in the middle of a form: half of one is masked, from 16 bytes
  /// on. When called again, there is nothing more.
  const Pieces& Finish();

 private:
  void Emit(std::uint64_t limit);
  std::string_view Text(std::uint64_t begin, std::uint64_t end) const;

  StreamSearch forms_;
  InterruptedSearch interrupted_;
  LiveJwts jwts_;

  // The buffer holds the stream from begin_ to end_, in its bytes from offset_ on.
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t filled_ = 0;  // so much of it has ever held something, and is to be wiped
  std::size_t offset_ = 0;
  std::uint64_t begin_ = 0;
  std::uint64_t end_ = 0;

  std::vector<Stop> stops_;   // of the Take that is going on
  Spans spans_;               // that begin in what is held back
  std::uint64_t out_ = 0;     // what was written, or masked
  std::uint64_t masked_ = 0;  // where the last `[MASKED]` ends
  Pieces pieces_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_MASKER_H_
