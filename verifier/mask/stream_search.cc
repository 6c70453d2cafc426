#include "verifier/mask/stream_search.h"

#include <algorithm>
#include <utility>

#include "verifier/mask/interruption.h"

namespace jobwarden {
namespace {

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

StreamSearch::StreamSearch(const MultiSearch& patterns) : patterns_(patterns) {}

void StreamSearch::Take(std::string_view text, std::size_t fresh, Spans& found,
                        std::vector<Stop>& stops) {
  const std::size_t old = text.size() - fresh;
  end_ += fresh;
  if (patterns_.size() == 0) return;
  text_ = text;
  found_ = &found;
  stops_ = &stops;
  for (const Begun& begun : std::exchange(begun_, {})) {
    if (patterns_.repeats_head(begun.strings.first)) {
      FollowRepeating(begun.strings.first, begun.matched, old);
    } else {
      Follow(begun, old);
    }
  }

  // Heads that end in what is fresh.
  const std::size_t head = patterns_.head_size();
  const std::size_t from = old < head ? 0 : old - head + 1;
  patterns_.FindHeads(text.substr(from), [&](MultiSearch::Range strings, std::size_t at) {
    at += from;
    if (patterns_.repeats_head(strings.first)) {
      for (std::size_t i = strings.first; i < strings.last; ++i) {
        if (end_ - text.size() + at >= known_[i]) FollowRepeating(i, head, at + head);
      }
    } else {
      Follow({strings, head}, at + head);
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
    for (std::size_t i = begun.strings.first; i < begun.strings.last; ++i) {
      if (!IsMaskedAtEnd(begun.matched, patterns_.sorted(i).size())) continue;
      found.push_back({end_ - begun.matched, end_});
    }
  }
}

// On from text_[at], before which the strings' first begun.matched bytes are.
void StreamSearch::Follow(const Begun& begun, std::size_t at) {
  patterns_.Compare(begun.strings, begun.matched, text_.substr(at),
                    [&](MultiSearch::Range strings, std::size_t matched) {
                      const std::size_t stop = at + matched - begun.matched;
                      if (patterns_.sorted(strings.first).size() != matched) {
                        StopAt(strings, matched, stop);
                      } else {
                        const std::uint64_t end = end_ - text_.size() + stop;
                        found_->push_back({end - matched, end});
                      }
                    });
}

void StreamSearch::FollowRepeating(std::size_t pattern, std::size_t matched, std::size_t at) {
  const std::string_view string = patterns_.sorted(pattern);
  const std::uint64_t base = end_ - text_.size();
  const std::size_t head = patterns_.head_size();
  while (matched >= head) {
    const std::size_t same = CommonPrefix(string.substr(matched), text_.substr(at));
    matched += same;
    at += same;
    if (matched == string.size()) {
      found_->push_back({base + at - matched, base + at});
    } else {
      StopAt({pattern, pattern + 1}, matched, at);
      if (at == text_.size()) break;
    }
    matched = Border(pattern, matched);
  }
  known_[pattern] = base + at + 1 - head;
}

// The strings do not go on at text_[at], or the text ends there.
void StreamSearch::StopAt(MultiSearch::Range strings, std::size_t matched, std::size_t at) {
  if (at == text_.size()) {
    begun_.push_back({strings, matched});
  } else if (MayInterrupt(text_[at])) {
    stops_->push_back({strings, matched, end_ - text_.size() + at});
  }
}

// The longest part that is shorter than what is matched and may go on in its place; less than a
// head if no part may.
std::size_t StreamSearch::Border(std::size_t pattern, std::size_t matched) {
  const std::string_view string = patterns_.sorted(pattern);
  const std::size_t head = patterns_.head_size();
  // Few strings hold their own head a second time, and only they need a table.
  if (string.substr(1, matched - 1).find(string.substr(0, head)) == std::string_view::npos) {
    return 0;
  }
  auto& borders = borders_[pattern];
  if (borders.empty()) borders = Borders(string);
  return borders[matched];
}

}  // namespace jobwarden
