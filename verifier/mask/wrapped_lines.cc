#include "verifier/mask/wrapped_lines.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <array>
#include <bit>

#include "verifier/base/encoding.h"

namespace jobwarden {
namespace {

constexpr auto kIsBase64 = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    table[c] = IsBase64Url(static_cast<char>(c)) || c == '+' || c == '/';
  }
  return table;
}();

bool IsBase64(char c) {
  return kIsBase64[static_cast<unsigned char>(c)];
}

// Which of 16 characters are base64: a bit for each, the lowest for the first.
inline std::uint64_t SixteenBits(const char* text) {
#ifdef __SSE2__
  // Bytes compare as signed numbers: so the lowest of a range is moved to the lowest of these.
  const auto in_range = [](__m128i bytes, char first, char last) {
    const __m128i moved = _mm_sub_epi8(bytes, _mm_set1_epi8(static_cast<char>(first - 128)));
    return _mm_cmplt_epi8(moved, _mm_set1_epi8(static_cast<char>(last - first + 1 - 128)));
  };
  const auto is = [](__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  const __m128i letters = in_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
  const __m128i digits = in_range(bytes, '/', '9');  // the slash stands right before them
  const __m128i others = _mm_or_si128(is(bytes, '+'), _mm_or_si128(is(bytes, '-'), is(bytes, '_')));
  return static_cast<unsigned>(
      _mm_movemask_epi8(_mm_or_si128(letters, _mm_or_si128(digits, others))));
#else
  std::uint64_t bits = 0;
  for (int i = 0; i < 16; ++i) bits |= std::uint64_t{IsBase64(text[i])} << i;
  return bits;
#endif
}

std::uint64_t Base64Bits(const char* text) {
  return SixteenBits(text) | SixteenBits(text + 16) << 16 | SixteenBits(text + 32) << 32 |
         SixteenBits(text + 48) << 48;
}

// Where rows of kWrappedColumns bits begin.
std::uint64_t Rows(std::uint64_t bits) {
  static_assert(WrappedLines::kWrappedColumns == 40);
  bits &= bits >> 1;
  bits &= bits >> 2;
  bits &= bits >> 4;
  bits &= bits >> 8;
  bits &= bits >> 16;
  return bits & bits >> 8;
}

bool IsBreak(char c) {
  return c == '\n' || c == '\r';
}

}  // namespace

void WrappedLines::Take(std::string_view text, std::size_t fresh, Spans& found) {
  end_ += fresh;
  fresh_ = text.size() - fresh;
  for (std::size_t at = fresh_; at < text.size();) {
    if (open_) {
      at = JoinLine(text, at, found);
      continue;
    }
    at = FindWrap(text, at);
    if (at == text.size()) break;
    if (at + 1 < text.size() && !IsBase64(text[at + 1]) && !text.substr(at).starts_with("\r\n")) {
      ++at;  // nothing goes on behind it
      continue;
    }
    // No string that is still possible begins before `text`.
    std::size_t begin = at;
    while (begin > 0 && at - begin < longest_ && IsBase64(text[begin - 1])) --begin;
    Join(text, begin, at);
    open_ = true;
    after_cr_ = text[at] == '\r';
    ++at;
  }
  if (open_) {
    Search(found);
    Keep();
  } else {
    hold_ = end_;
  }
  columns_ = Columns(text, text.size());
}

void WrappedLines::Finish(Spans& found) const {
  Spans spans;
  search_.Finish(spans);
  AddRaw(spans, found);
}

// The first line break from `at` on that counts as nothing; the text's end where there is none.
std::size_t WrappedLines::FindWrap(std::string_view text, std::size_t at) const {
  constexpr std::size_t kBlock = 64;
  std::size_t columns = Columns(text, at);
  for (; at + kBlock <= text.size(); at += kBlock) {
    std::uint64_t bits = Base64Bits(text.data() + at);
    const auto first = static_cast<std::size_t>(std::countr_one(bits));
    columns += first;
    if (first == kBlock) continue;
    if (columns >= kWrappedColumns && IsBreak(text[at + first])) return at + first;
    columns = static_cast<std::size_t>(std::countl_one(bits));
    bits &= bits + 1;  // without the first, which was looked at
    if (const std::uint64_t row = Rows(bits)) {
      const auto begin = static_cast<std::size_t>(std::countr_zero(row));
      const std::size_t end = begin + static_cast<std::size_t>(std::countr_one(bits >> begin));
      if (end < kBlock && IsBreak(text[at + end])) return at + end;
    }
  }
  for (; at < text.size(); ++at) {
    if (IsBase64(text[at])) {
      ++columns;
    } else {
      if (columns >= kWrappedColumns && IsBreak(text[at])) return at;
      columns = 0;
    }
  }
  return at;
}

// Goes on behind a line break that counts as nothing, to the end of its line.
std::size_t WrappedLines::JoinLine(std::string_view text, std::size_t at, Spans& found) {
  if (after_cr_) {
    after_cr_ = false;
    if (text[at] == '\n') return at + 1;
  }
  std::size_t end = at;
  while (end < text.size() && IsBase64(text[end])) ++end;
  Join(text, at, end);
  if (end == text.size()) return end;
  if (!IsBreak(text[end]) || Columns(text, end) < kWrappedColumns) {
    Close(found);
    return end;
  }
  after_cr_ = text[end] == '\r';
  return end + 1;
}

void WrappedLines::Join(std::string_view text, std::size_t begin, std::size_t end) {
  if (begin == end) return;
  lines_.push_back({end_ - text.size() + begin, joined_end_});
  joined_ += text.substr(begin, end - begin);
  unsearched_ += end - begin;
  joined_end_ += end - begin;
}

void WrappedLines::Search(Spans& found) {
  Spans spans;
  search_.Take(joined_, unsearched_, spans);
  unsearched_ = 0;
  AddRaw(spans, found);
}

void WrappedLines::AddRaw(const Spans& joined, Spans& found) const {
  for (const Span& span : joined) found.push_back({Raw(span.begin), Raw(span.end - 1) + 1});
}

// What may go on when the stream does.
void WrappedLines::Keep() {
  const std::uint64_t hold = search_.Hold(joined_);
  hold_ = hold == joined_end_ ? end_ : Raw(hold);
  joined_.erase(0, joined_.size() - static_cast<std::size_t>(joined_end_ - hold));
  if (!lines_.empty()) lines_.erase(lines_.begin(), LineOf(hold));
}

void WrappedLines::Close(Spans& found) {
  Search(found);
  search_.Forget();
  joined_.clear();
  lines_.clear();
  open_ = false;
}

// How many base64 characters stand right before text[at]; kWrappedColumns where there are more.
std::size_t WrappedLines::Columns(std::string_view text, std::size_t at) const {
  std::size_t count = 0;
  while (count < kWrappedColumns && at - count > fresh_ && IsBase64(text[at - count - 1])) ++count;
  if (at - count == fresh_) count += columns_;
  return std::min(count, kWrappedColumns);
}

// The line of a joined character; the last one for what is to come.
std::vector<WrappedLines::Line>::const_iterator WrappedLines::LineOf(std::uint64_t joined) const {
  return std::prev(
      std::upper_bound(lines_.begin(), lines_.end(), joined,
                       [](std::uint64_t place, const Line& line) { return place < line.joined; }));
}

std::uint64_t WrappedLines::Raw(std::uint64_t joined) const {
  const Line& line = *LineOf(joined);
  return line.raw + (joined - line.joined);
}

}  // namespace jobwarden
