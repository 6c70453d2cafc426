#include "verifier/mask/interrupted_search.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "verifier/base/value_length.h"
#include "verifier/mask/blocks.h"
#include "verifier/mask/characters.h"
#include "verifier/mask/interruption.h"

namespace jobwarden {
namespace {

using Kind = Skipped::Kind;

// Whether one of the first nine characters, of sixteen or more, begins a control sequence.
bool HasEscape(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
  std::uint64_t bytes;
  std::memcpy(&bytes, text.data() + 1, sizeof bytes);
  // What was ESC is zero now, and the only byte that a borrow can reach.
  bytes ^= kOnes * Byte(kEscape);
  return text[0] == kEscape || ((bytes - kOnes) & ~bytes & (kOnes << 7)) != 0;
}

// Calls `on_control(at)` for each control character from text[at] on. Of these there is hardly any
// that neither ends a line nor begins a control sequence.
template <typename F>
void ForEachControl(std::string_view text, std::size_t at, F&& on_control) {
  constexpr char kLast = 0x1F;
  for (; at + kBlockBytes <= text.size(); at += kBlockBytes) {
    for (auto bits = BytesUpTo(kLast, text.data() + at); bits != 0; bits &= bits - 1) {
      on_control(at + static_cast<std::size_t>(std::countr_zero(bits)));
    }
  }
  for (; at < text.size(); ++at) {
    if (Byte(text[at]) <= kLast) on_control(at);
  }
}

}  // namespace

void InterruptedSearch::Take(std::string_view text, std::size_t fresh,
                             const std::vector<Stop>& stops, Spans& found) {
  end_ += fresh;
  if (patterns_.size() == 0) return;
  text_ = text;
  fresh_ = text.size() - fresh;
  base_ = end_ - text.size();
  found_ = &found;
  under_way_ = std::exchange(followers_, {});
  for (const Stop& stop : stops) {
    const std::size_t at = stop.end - base_;
    // Most stops end here, and cost no memory.
    if (text[at] != kEscape && SkipLineEnd(text, at).kind == Kind::kNone) continue;
    under_way_.push_back({stop.strings,
                          stop.matched,
                          {{stop.end - stop.matched, stop.end}},
                          stop.matched,
                          stop.end});
  }
  FindEarlyInterruptions();
  steps_left_ = std::min(steps_left_ + budget_.steps_per_byte * fresh, budget_.saved_steps);
  for (; !under_way_.empty() && steps_left_ > 0; --steps_left_) {
    Follower follower = std::move(under_way_.back());
    under_way_.pop_back();
    GoOn(std::move(follower));
  }
  under_way_.clear();
  columns_ = Columns(text.size());
}

void InterruptedSearch::Finish(Spans& found) const {
  for (const Follower& follower : followers_) {
    for (std::size_t i = follower.strings.first; i < follower.strings.last; ++i) {
      if (!IsMaskedAtEnd(follower.matched, patterns_.sorted(i).size())) continue;
      found.insert(found.end(), follower.parts.begin(), follower.parts.end());
    }
  }
}

std::uint64_t InterruptedSearch::hold() const {
  std::uint64_t hold = end_;
  for (const Follower& follower : followers_) hold = std::min(hold, follower.parts.front().begin);
  return hold;
}

// Those before which there is less of a string than StreamSearch needs.
void InterruptedSearch::FindEarlyInterruptions() {
  ForEachControl(text_, fresh_, [this](std::size_t at) {
    if (at == 0) return;
    if (text_[at] == kEscape) {
      const Skipped colours = SkipColours(text_, at);
      if (colours.kind == Kind::kOpen || colours.at > at) SetOut(at, colours, false);
    } else if (IsLineBreak(text_[at]) && IsSolid(text_[at - 1])) {
      SetOut(at, NextLine(at), true);
    }
  });
}

// The first word after the line break at text_[at].
Skipped InterruptedSearch::NextLine(std::size_t at) const {
  // Most lines are not indented, or by blanks.
  std::size_t next = at + 1;
  if (text_[at] == '\n') {
    const std::size_t limit = std::min(next + kMaxInterruption, text_.size());
    while (next < limit && text_[next] == ' ') ++next;
    if (next < limit && IsSolid(text_[next])) return {Kind::kPast, next};
  }
  const Skipped end = SkipLineEnd(text_, at);
  return end.kind == Kind::kPast ? SkipMargin(text_, end.at) : end;
}

// Along the strings that begin with less than a head before text_[at], and go on at `next`.
void InterruptedSearch::SetOut(std::size_t at, const Skipped& next, bool line_break) {
  const std::size_t head = patterns_.head_size();
  const std::size_t longest = std::min(head - 1, at);
  if (next.kind == Kind::kNone || longest == 0) return;
  const bool is_past = next.kind == Kind::kPast && next.at < text_.size();
  // Nearly all interruptions end here.
  if (is_past && !patterns_.MayBeInTwo(text_, at, next.at) && !HasEscape(text_.substr(next.at))) {
    return;
  }

  // What is before the interruption, and what is after it up to the next one.
  std::array<char, 2 * MultiSearch::kLongestHead> joined;
  text_.copy(joined.data(), longest, at - longest);
  std::size_t after = is_past ? text_.copy(joined.data() + longest, head - 1, next.at) : 0;
  after = std::min(after, std::string_view(joined.data() + longest, after).find(kEscape));
  const std::string_view around(joined.data(), longest + after);
  if (after + 1 >= head) {
    patterns_.FindHeads(around, [&](MultiSearch::Range strings, std::size_t head_begin) {
      SetOut(strings, longest - head_begin, at, line_break);
      return true;
    });
    return;
  }
  for (std::size_t length = longest; length > 0; --length) {
    const auto strings = patterns_.BeginningWith(around.substr(longest - length, head));
    if (!strings.empty()) SetOut(strings, length, at, line_break);
  }
}

// Along those of the strings that do not go on at text_[at], where they have `length` bytes.
void InterruptedSearch::SetOut(MultiSearch::Range strings, std::size_t length, std::size_t at,
                               bool line_break) {
  const bool is_wide = line_break && Columns(at) >= kWideColumns;
  if (line_break && !is_wide && length < kMinBegunBytes) return;
  const std::uint64_t end = base_ + at;
  patterns_.Compare(strings, length, text_.substr(at),
                    [&](MultiSearch::Range range, std::size_t matched) {
                      if (matched != length) return;
                      Follower follower{range, length, {{end - length, end}}, length, end};
                      follower.early = line_break;
                      if (line_break && !is_wide) follower.least = kMinEmbeddedBytes;
                      under_way_.push_back(std::move(follower));
                    });
}

void InterruptedSearch::GoOn(Follower follower) {
  const std::size_t at = follower.at - base_;
  if (follower.in == Follower::kWord) {
    // Where it does not go on, its part ends where the last text did.
    Extend(std::move(follower), at, [this](Follower other) { Arrive(std::move(other)); });
  } else if (follower.in == Follower::kMargin) {
    follower.early ? PassEarlyMargin(std::move(follower)) : PassMargin(std::move(follower));
  } else {
    PassInterruption(std::move(follower));
  }
}

void InterruptedSearch::PassInterruption(Follower follower) {
  const std::size_t at = follower.at - base_;
  const Skipped colours = SkipColours(text_, at);
  if (colours.kind == Kind::kOpen) return Wait(std::move(follower));
  if (colours.at == at) return EndLine(std::move(follower), at);
  Extend(std::move(follower), colours.at,
         [&](Follower other) { EndLine(std::move(other), colours.at); });
}

void InterruptedSearch::EndLine(Follower follower, std::size_t at) {
  if (!follower.early) {
    if (follower.in_line < std::max(patterns_.head_size(), follower.least)) return;
  }
  const Skipped end = SkipLineEnd(text_, at);
  if (end.kind == Kind::kOpen) return Wait(std::move(follower));
  if (end.kind == Kind::kNone) return;
  if (!follower.early) follower.least = 0;
  follower.in = Follower::kMargin;
  follower.at = follower.margin = base_ + end.at;
  follower.in_line = 0;
  follower.in_word = false;
  under_way_.push_back(std::move(follower));
}

void InterruptedSearch::PassEarlyMargin(Follower follower) {
  const Skipped margin = SkipMargin(text_, follower.at - base_);
  if (margin.kind == Kind::kOpen) return Wait(std::move(follower));
  if (margin.kind == Kind::kPast) Extend(std::move(follower), margin.at, [](const Follower&) {});
}

void InterruptedSearch::PassMargin(Follower follower) {
  const std::size_t limit = follower.margin - base_ + kMaxInterruption;
  std::size_t at = follower.at - base_;
  while (at < limit && at < text_.size() && !IsLineBreak(text_[at])) {
    if (text_[at] == kEscape) {
      const Skipped colours = SkipColours(text_, at);
      if (colours.kind == Kind::kOpen) break;
      if (colours.at > at) {
        at = colours.at;
        follower.in_word = false;
        continue;
      }
    }
    if (!follower.in_word && MayGoOn(follower, text_[at])) {
      Extend(follower, at, [](const Follower&) {});
    }
    follower.in_word = IsSolid(text_[at]);
    ++at;
  }
  if (at >= limit || (at < text_.size() && IsLineBreak(text_[at]))) return;
  follower.at = base_ + at;
  Wait(std::move(follower));
}

// Along the strings from text_[at] on: in the middle of a part, where the stream was cut, or in a
// new one. Calls `on_none(follower)` for those that do not go on there.
template <typename F>
void InterruptedSearch::Extend(Follower follower, std::size_t at, F&& on_none) {
  const std::size_t before = follower.matched;
  const MultiSearch::Range all = follower.strings;
  patterns_.Compare(all, before, text_.substr(at),
                    [&](MultiSearch::Range range, std::size_t matched) {
                      // Strings that stay together, as nearly always, take the follower over.
                      const bool together = range.first == all.first && range.last == all.last;
                      Follower next = together ? std::move(follower) : follower;
                      next.strings = range;
                      if (matched == before) return on_none(std::move(next));
                      next.matched = matched;
                      next.in_line += matched - before;
                      next.at = base_ + at + (matched - before);
                      next.early = false;
                      if (next.in == Follower::kWord) {
                        next.parts.back().end = next.at;
                      } else {
                        next.parts.push_back({base_ + at, next.at});
                      }
                      Arrive(std::move(next));
                    });
}

// At the end of a part.
void InterruptedSearch::Arrive(Follower follower) {
  const std::size_t at = follower.at - base_;
  if (patterns_.sorted(follower.strings.first).size() == follower.matched) {
    if (follower.in_line < follower.least) return;
    found_->insert(found_->end(), follower.parts.begin(), follower.parts.end());
  } else if (at == text_.size()) {
    follower.in = Follower::kWord;
    Wait(std::move(follower));
  } else if (MayInterrupt(text_[at])) {
    follower.in = Follower::kInterruption;
    under_way_.push_back(std::move(follower));
  }
}

// Until the stream goes on.
void InterruptedSearch::Wait(Follower follower) {
  if (followers_.size() < budget_.followers) followers_.push_back(std::move(follower));
}

// Whether one of the strings may go on with this character.
bool InterruptedSearch::MayGoOn(const Follower& follower, char c) const {
  const auto next = [&](std::size_t i) {
    return static_cast<unsigned char>(patterns_.sorted(i)[follower.matched]);
  };
  const auto byte = static_cast<unsigned char>(c);
  return next(follower.strings.first) <= byte && byte <= next(follower.strings.last - 1);
}

// How many base64 characters are right before text_[at]; kWideColumns where there are more.
std::size_t InterruptedSearch::Columns(std::size_t at) const {
  std::size_t count = 0;
  while (count < kWideColumns && at - count > fresh_ && IsBase64(text_[at - count - 1])) ++count;
  if (at - count == fresh_) count += columns_;
  return std::min(count, kWideColumns);
}

}  // namespace jobwarden
