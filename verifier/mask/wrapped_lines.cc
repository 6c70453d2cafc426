#include "verifier/mask/wrapped_lines.h"

#include <algorithm>
#include <array>

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

// The first line break from `at` on that counts as nothing; the text's end where there is none.
// Few runs of base64 characters are that long, and in others most bytes need not be looked at.
std::size_t WrappedLines::FindWrap(std::string_view text, std::size_t at) const {
  std::size_t missing = kWrappedColumns - Columns(text, at);
  while (at + missing < text.size()) {
    std::size_t end = at + missing;
    while (end > at && IsBase64(text[end - 1])) --end;
    if (end == at) {
      end = at + missing;
      while (end < text.size() && IsBase64(text[end])) ++end;
      if (end == text.size() || IsBreak(text[end])) return end;
      ++end;
    }
    at = end;
    missing = kWrappedColumns;
  }
  return text.size();
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
  for (const Span& span : spans) found.push_back({Raw(span.begin), Raw(span.end - 1) + 1});
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
