#ifndef JOBWARDEN_VERIFIER_MASK_STREAM_SEARCH_H_
#define JOBWARDEN_VERIFIER_MASK_STREAM_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "verifier/base/value_length.h"
#include "verifier/mask/multi_search.h"
#include "verifier/mask/span.h"

namespace jobwarden {

// A pipe gives a job's output in pieces, and a secret may lie across any border between them. What
// may still become a secret has to be held back, and not one byte more: a progress bar or a prompt
// has to appear at once. So this search carries over from one piece to the next which strings have
// begun at the end of the stream, and how far.
//
// MultiSearch finds the heads. From its head on, a string is compared with the text, as far as the
// text goes. Strings with the same head are compared together, and stay together as a range for as
// long as they have the same bytes, so that fifty tokens with the same first part cost no more than
// one of them.
//
// Most strings hold their own head once. Where such a string fails, nothing that was compared can
// be the beginning of another occurrence of it, and each byte is compared once for each string. A
// string that holds its head again (`ababc…`) is different: after `abab` and `abc` it has to be
// found from the second `ab` on, and comparing it again from each of its heads would take the
// square of its length. Those strings fall back to the longest part that may still go on (Knuth,
// Morris, Pratt), one by one.
//
// The search never reports a string before all of it has come, never looks at a byte that was
// written out already, and never forgets a string because a piece was short.

/// Strings whose first `matched` bytes the stream has right before `end`, and not one byte more.
struct Stop {
  MultiSearch::Range strings;
  std::size_t matched;
  std::uint64_t end;
};

/// Whether so much of a string is masked where the stream ends in the middle of the string: half of
/// it or more, and kMinEmbeddedBytes at least.
constexpr bool IsMaskedAtEnd(std::size_t matched, std::size_t size) {
  return matched >= kMinEmbeddedBytes && 2 * matched >= size;
}

/// Finds every place of every one of many strings in a text that comes in pieces, wherever it is
/// cut. The time it takes grows with the text alone, whatever text and strings are.
class StreamSearch {
 public:
  /// Does not own `patterns`.
  explicit StreamSearch(const MultiSearch& patterns);

  /// Adds the places that end in the last `fresh` bytes of `text` to `found`, and to `stops` where
  /// strings came to a stop at a character that may be in the middle of a broken string (see
  /// MayInterrupt). The fresh bytes follow the stream's bytes so far, and `text` reaches back at
  /// least to where Hold was.
  void Take(std::string_view text, std::size_t fresh, Spans& found, std::vector<Stop>& stops);

  /// Where the first place begins that may still become one; or the stream's end if no place does.
  /// `text` as in the last Take.
  std::uint64_t Hold(std::string_view text) const;

  /// The stream has ended, perhaps because its writer was killed in the middle of a string: adds
  /// what it ends with and IsMaskedAtEnd.
  void Finish(Spans& found) const;

 private:
  // Strings whose first `matched` bytes are the last of the stream. A string that repeats its head
  // is alone, and nothing longer of it is at the stream's end.
  struct Begun {
    MultiSearch::Range strings;
    std::size_t matched;
  };

  void Follow(const Begun& begun, std::size_t at);
  void FollowRepeating(std::size_t pattern, std::size_t matched, std::size_t at);
  void StopAt(MultiSearch::Range strings, std::size_t matched, std::size_t at);
  std::size_t Border(std::size_t pattern, std::size_t matched);

  const MultiSearch& patterns_;
  std::uint64_t end_ = 0;
  std::vector<Begun> begun_;
  // For each string that repeats its head: all its heads that begin before this are known.
  std::unordered_map<std::size_t, std::uint64_t> known_;
  // See Border. Only of strings that repeated their head in the stream.
  std::unordered_map<std::size_t, std::vector<std::uint32_t>> borders_;

  // Of the Take that is going on.
  std::string_view text_;
  Spans* found_ = nullptr;
  std::vector<Stop>* stops_ = nullptr;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_STREAM_SEARCH_H_
