#ifndef JOBWARDEN_VERIFIER_MASK_SPAN_H_
#define JOBWARDEN_VERIFIER_MASK_SPAN_H_

#include <cstdint>
#include <vector>

namespace jobwarden {

/// A part of a stream that is to be masked: from the byte at `begin` to the one before `end`,
/// counted from the beginning of the stream.
struct Span {
  std::uint64_t begin;
  std::uint64_t end;
};

using Spans = std::vector<Span>;

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_SPAN_H_
