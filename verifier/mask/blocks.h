#ifndef JOBWARDEN_VERIFIER_MASK_BLOCKS_H_
#define JOBWARDEN_VERIFIER_MASK_BLOCKS_H_

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <cstddef>
#include <cstdint>

namespace jobwarden {

/// Questions about 64 bytes at once, for searches that look at each byte of a log. An answer has a
/// bit for each byte, the lowest for the first.
inline constexpr std::size_t kBlockBytes = 64;

#ifdef __SSE2__

template <typename F>
std::uint64_t AskBlock(const F& matches) {
  const auto sixteen = [&](int i) {
    return std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(matches(16 * i)))};
  };
  return sixteen(0) | sixteen(1) << 16 | sixteen(2) << 32 | sixteen(3) << 48;
}

inline __m128i SixteenBytes(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

/// Which bytes are `limit` or less.
inline std::uint64_t BytesUpTo(char limit, const char* block) {
  const __m128i last = _mm_set1_epi8(limit);
  return AskBlock([=](int at) {
    const __m128i bytes = SixteenBytes(block + at);
    return _mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes);
  });
}

/// Which bytes are `first` and have `second` right after them; reads one byte more than a block.
inline std::uint64_t PairsOf(char first, char second, const char* block) {
  const __m128i wanted = _mm_set1_epi8(first);
  const __m128i wanted_next = _mm_set1_epi8(second);
  return AskBlock([=](int at) {
    return _mm_and_si128(_mm_cmpeq_epi8(SixteenBytes(block + at), wanted),
                         _mm_cmpeq_epi8(SixteenBytes(block + at + 1), wanted_next));
  });
}

#else

template <typename F>
std::uint64_t AskBlock(const F& matches) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < kBlockBytes; ++i) bits |= std::uint64_t{matches(i)} << i;
  return bits;
}

inline std::uint64_t BytesUpTo(char limit, const char* block) {
  return AskBlock([=](std::size_t at) {
    return static_cast<unsigned char>(block[at]) <= static_cast<unsigned char>(limit);
  });
}

inline std::uint64_t PairsOf(char first, char second, const char* block) {
  return AskBlock([=](std::size_t at) { return block[at] == first && block[at + 1] == second; });
}

#endif

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_BLOCKS_H_
