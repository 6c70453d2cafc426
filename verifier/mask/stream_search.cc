#include "verifier/mask/stream_search.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace jobwarden {
namespace {

// From this size on the beginning of a string stands at the end of a stream on purpose.
constexpr std::size_t kNoChance = 16;

std::size_t CommonPrefix(std::string_view a, std::string_view b) {
  const std::size_t size = std::min(a.size(), b.size());
  std::size_t same = 0;
  for (; same + 8 <= size; same += 8) {
    if (std::memcmp(a.data() + same, b.data() + same, 8) != 0) break;
  }
  while (same < size && a[same] == b[same]) ++same;
  return same;
}

// For each length: that of the longest shorter beginning of the text's first so many bytes that is
// also their end (Knuth, Morris, Pratt).
std::vector<std::uint32_t> Borders(std::string_view text) {
  std::vector<std::uint32_t> borders(text.size() + 1);
  std::uint32_t border = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    while (border > 0 && text[i] != text[border]) border = borders[border];
    if (text[i] == text[border]) ++border;
    borders[i + 1] = border;
  }
  return borders;
}

}  // namespace

StreamSearch::StreamSearch(const MultiSearch& patterns)
    : patterns_(patterns), known_(patterns.size()) {}

void StreamSearch::Take(std::string_view text, std::size_t fresh, Spans& found) {
  const std::size_t old = text.size() - fresh;
  end_ += fresh;
  if (patterns_.size() == 0) return;
  const std::uint64_t base = end_ - text.size();
  for (const Begun& begun : std::exchange(begun_, {})) Follow(begun, text, old, found);

  // Heads that end in what is fresh.
  const std::size_t head = patterns_.head_size();
  const std::size_t from = old < head ? 0 : old - head + 1;
  patterns_.FindHeads(text.substr(from), [&](std::size_t first, std::size_t last, std::size_t at) {
    at += from;
    for (std::size_t i = first; i < last; ++i) {
      if (base + at >= known_[i]) Follow({i, head}, text, at + head, found);
    }
    return true;
  });
}

std::uint64_t StreamSearch::Hold(std::string_view text) const {
  std::size_t held = patterns_.BegunAtEnd(text);
  for (const Begun& begun : begun_) held = std::max(held, begun.matched);
  return end_ - held;
}

void StreamSearch::Finish(Spans& found) const {
  for (const Begun& begun : begun_) {
    const std::size_t missing = patterns_.sorted(begun.pattern).size() - begun.matched;
    if (begun.matched < missing || begun.matched < kNoChance) continue;
    found.push_back({end_ - begun.matched, end_});
  }
}

// On from text[at], in front of which the string's first begun.matched bytes stand.
void StreamSearch::Follow(Begun begun, std::string_view text, std::size_t at, Spans& found) {
  const std::string_view pattern = patterns_.sorted(begun.pattern);
  const std::uint64_t base = end_ - text.size();
  const std::size_t head = patterns_.head_size();
  while (begun.matched >= head) {
    const std::size_t same = CommonPrefix(pattern.substr(begun.matched), text.substr(at));
    begun.matched += same;
    at += same;
    if (begun.matched == pattern.size()) {
      found.push_back({base + at - begun.matched, base + at});
    } else if (at == text.size()) {
      begun_.push_back(begun);
      break;
    }
    begun.matched = Border(begun);
  }
  known_[begun.pattern] = base + at + 1 - head;
}

// The longest part that is shorter than what is matched and may go on in its place; less than a
// head where there is none.
std::size_t StreamSearch::Border(const Begun& begun) {
  const std::string_view pattern = patterns_.sorted(begun.pattern);
  const std::size_t head = patterns_.head_size();
  // Few strings hold their own head a second time, and only they need a table.
  if (pattern.substr(1, begun.matched - 1).find(pattern.substr(0, head)) ==
      std::string_view::npos) {
    return 0;
  }
  auto& borders = borders_[begun.pattern];
  if (borders.empty()) borders = Borders(pattern);
  return borders[begun.matched];
}

}  // namespace jobwarden
