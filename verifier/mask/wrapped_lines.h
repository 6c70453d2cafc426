#ifndef JOBWARDEN_VERIFIER_MASK_WRAPPED_LINES_H_
#define JOBWARDEN_VERIFIER_MASK_WRAPPED_LINES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/mask/multi_search.h"
#include "verifier/mask/span.h"
#include "verifier/mask/stream_search.h"

namespace jobwarden {

/// Finds strings that were broken into lines, as `base64` (76 columns), `openssl base64` (64) and
/// `xxd -p` (60) break what they write: a line break right behind kWrappedColumns characters of
/// base64 or base64url counts as nothing. A line break is LF, CR, or CR LF.
class WrappedLines {
 public:
  static constexpr std::size_t kWrappedColumns = 40;

  /// Does not own `patterns`.
  explicit WrappedLines(const MultiSearch& patterns)
      : search_(patterns), longest_(patterns.longest()) {}

  /// As StreamSearch::Take; `text` reaches back to what a StreamSearch holds, too. What it finds
  /// may be unbroken.
  void Take(std::string_view text, std::size_t fresh, Spans& found);

  /// As StreamSearch::Finish.
  void Finish(Spans& found) const;

  /// As StreamSearch::Hold.
  std::uint64_t hold() const { return hold_; }

 private:
  // Where characters that belong together lie: in the stream, and with what was joined before them.
  struct Line {
    std::uint64_t raw;
    std::uint64_t joined;
  };

  std::size_t FindWrap(std::string_view text, std::size_t at) const;
  std::size_t JoinLine(std::string_view text, std::size_t at, Spans& found);
  void Join(std::string_view text, std::size_t begin, std::size_t end);
  void Search(Spans& found);
  void AddRaw(const Spans& joined, Spans& found) const;
  void Keep();
  void Close(Spans& found);
  std::size_t Columns(std::string_view text, std::size_t at) const;
  std::vector<Line>::const_iterator LineOf(std::uint64_t joined) const;
  std::uint64_t Raw(std::uint64_t joined) const;

  StreamSearch search_;  // in what is joined
  std::size_t longest_;
  std::uint64_t hold_ = 0;
  std::uint64_t end_ = 0;    // of the stream
  std::size_t fresh_ = 0;    // where in its text this Take begins
  std::size_t columns_ = 0;  // the base64 characters right before that
  bool open_ = false;        // behind a line break that counts as nothing
  bool after_cr_ = false;    // right behind it, and an LF may belong to it
  std::string joined_;       // what search_ holds, and what it has not seen
  std::size_t unsearched_ = 0;
  std::uint64_t joined_end_ = 0;
  std::vector<Line> lines_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_WRAPPED_LINES_H_
