#ifndef JOBWARDEN_VERIFIER_MASK_STREAM_SEARCH_H_
#define JOBWARDEN_VERIFIER_MASK_STREAM_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "verifier/mask/multi_search.h"
#include "verifier/mask/span.h"

namespace jobwarden {

/// Finds every place of every one of many strings in a text that comes in pieces, wherever it is
/// cut. Each byte is looked at once for each string that may be going on there, so that no text
/// and no string makes it slow.
class StreamSearch {
 public:
  /// Does not own `patterns`.
  explicit StreamSearch(const MultiSearch& patterns);

  /// Adds the places that end in the last `fresh` bytes of `text`. These follow the stream's bytes
  /// so far, and `text` reaches back to where Hold was at least.
  void Take(std::string_view text, std::size_t fresh, Spans& found);

  /// Where the first place begins that may still become one; the stream's end where there is none.
  /// `text` as in the last Take.
  std::uint64_t Hold(std::string_view text) const;

  /// The stream has ended: adds each end of it that begins a string, with half of that string or
  /// more, and 16 bytes at least. Who writes may be ended in the middle of it.
  void Finish(Spans& found) const;

  /// From now on the bytes so far count as none.
  void Forget() { begun_.clear(); }

 private:
  // A string whose first `matched` bytes are the last of the stream, and nothing longer of it.
  struct Begun {
    std::size_t pattern;
    std::size_t matched;
  };

  void Follow(Begun begun, std::string_view text, std::size_t at, Spans& found);
  std::size_t Border(const Begun& begun);

  const MultiSearch& patterns_;
  std::uint64_t end_ = 0;
  std::vector<Begun> begun_;
  // For each string: all its heads that begin before this are known.
  std::vector<std::uint64_t> known_;
  // For each string that repeats its own head, and was seen to: see Border.
  std::unordered_map<std::size_t, std::vector<std::uint32_t>> borders_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_STREAM_SEARCH_H_
