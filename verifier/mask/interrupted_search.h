#ifndef JOBWARDEN_VERIFIER_MASK_INTERRUPTED_SEARCH_H_
#define JOBWARDEN_VERIFIER_MASK_INTERRUPTED_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "verifier/mask/interruption.h"
#include "verifier/mask/multi_search.h"
#include "verifier/mask/span.h"
#include "verifier/mask/stream_search.h"

namespace jobwarden {

// `base64` breaks its lines after 76 columns, `openssl` after 64, `xxd -p` after 60; a terminal, a
// table or YAML break a token wherever their width ends, and indent what follows; `grep` colours
// the part that it found. The characters of the secret are all there, with an interruption between
// two of them.
//
// Looking for every string in a second copy of the log, without the interruptions, would cost as
// much again as the search itself. But a string that is interrupted has begun before. So this
// search is asked only where one has:
// - where StreamSearch came to a stop in the middle of a string, at a character that may begin an
//   interruption. Most near misses stop at a letter or digit, and cost nothing;
// - where the interruption comes so early that StreamSearch, which needs a head, has seen nothing:
//   at each control sequence and each line break, the few bytes before it are looked up together
//   with those after it.
// From there a follower goes on: over the interruption (see interruption.h), then along the string,
// to the next interruption or to the string's end. After a line break the string may go on at any
// word of the next line, because something may be before it on each line, and a follower goes on at
// each word where it can. A line counts only where it holds as much of the string as a head has: so
// no words that happen to follow each other are masked. The first line may hold less, from
// kMinBegunBytes on, where the string goes on at the first word of the next and has
// kMinEmbeddedBytes there; and any number where the line ends in kWideColumns of base64.
//
// A follower carries the places of the parts that it has passed, and holds back the stream from the
// first of them on until it comes to an end, which is after kMaxInterruption bytes at the latest
// where the string does not go on. What lies between the parts, such as the line break, is not
// masked.
//
// Followers are few, and short-lived: the search never looks for a string that has not begun, and
// never reads a line twice for it. A text and a secret that were made for it (a long row of one
// letter) would have one set out at each byte, and go on to the end. So a FollowerBudget bounds how
// many wait at once, and how many steps all together take for each byte of the stream; a follower
// for which none is left is dropped.

/// How much an InterruptedSearch may do.
struct FollowerBudget {
  std::size_t followers = 1024;      ///< that wait for more of the stream
  std::size_t steps_per_byte = 4;    ///< of the stream
  std::size_t saved_steps = 65'536;  ///< at most, of those that earlier bytes did not need
};

/// Finds strings that are interrupted, in a text that comes in pieces, wherever it is cut.
class InterruptedSearch {
 public:
  static constexpr std::size_t kWideColumns = 40;
  // Fewer begin some string at the end of nearly every line, which would be held back.
  static constexpr std::size_t kMinBegunBytes = 3;

  /// Does not own `patterns`.
  explicit InterruptedSearch(const MultiSearch& patterns, const FollowerBudget& budget = {})
      : patterns_(patterns), budget_(budget), steps_left_(budget.saved_steps) {}

  /// As StreamSearch::Take; `stops` are what StreamSearch added for the same text, which reaches
  /// back to what StreamSearch holds, too. Adds the parts of each string to `found`.
  void Take(std::string_view text, std::size_t fresh, const std::vector<Stop>& stops, Spans& found);

  /// As StreamSearch::Finish.
  void Finish(Spans& found) const;

  /// As StreamSearch::Hold.
  std::uint64_t hold() const;

 private:
  // On the way along strings that begin with the same `matched` bytes.
  struct Follower {
    MultiSearch::Range strings;
    std::size_t matched;
    Spans parts;          // where these bytes are
    std::size_t in_line;  // how many of them are on this line
    std::uint64_t at;     // where it goes on, and in what:
    enum { kWord, kInterruption, kMargin } in = kInterruption;
    // Before its first interruption, a line break, there is less than a head.
    bool early = false;
    std::size_t least = 0;     // that this line has to hold of the string
    std::uint64_t margin = 0;  // where that began
    bool in_word = false;      // a word of the margin, before `at`
  };

  void FindEarlyInterruptions();
  Skipped NextLine(std::size_t at) const;
  void SetOut(std::size_t at, const Skipped& next, bool line_break);
  void SetOut(MultiSearch::Range strings, std::size_t length, std::size_t at, bool line_break);
  void GoOn(Follower follower);
  void PassInterruption(Follower follower);
  void EndLine(Follower follower, std::size_t at);
  void PassMargin(Follower follower);
  void PassEarlyMargin(Follower follower);
  template <typename F>
  void Extend(Follower follower, std::size_t at, F&& on_none);
  void Arrive(Follower follower);
  void Wait(Follower follower);
  bool MayGoOn(const Follower& follower, char c) const;
  std::size_t Columns(std::size_t at) const;

  const MultiSearch& patterns_;
  FollowerBudget budget_;
  std::uint64_t end_ = 0;            // of the stream
  std::size_t columns_ = 0;          // the base64 characters right before that, up to kWideColumns
  std::vector<Follower> followers_;  // that wait for more of it
  std::size_t steps_left_;

  // Of the Take that is going on.
  std::string_view text_;
  std::size_t fresh_ = 0;   // where in the text its fresh bytes begin
  std::uint64_t base_ = 0;  // where in the stream the text begins
  Spans* found_ = nullptr;
  std::vector<Follower> under_way_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_INTERRUPTED_SEARCH_H_
