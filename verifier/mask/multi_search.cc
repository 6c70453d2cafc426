#include "verifier/mask/multi_search.h"

#include <bit>
#include <numeric>

#include "verifier/base/secret.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

// Where a string is shorter than the longest head, the grams become shorter first: down to four
// bytes they are rare enough in a text.
constexpr std::size_t kShortestGram = 4;
constexpr std::size_t kLongestStride = 8;
// Bits of the table for each gram in it: of so many grams that are looked up, about one is in the
// table by chance.
constexpr std::size_t kTableBits = 32;

// The size of the table that says which first bytes strings have.
constexpr std::size_t kBeginningBits = 64;  // for each head

}  // namespace

MultiSearch::MultiSearch(const std::vector<std::string_view>& patterns) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (patterns[i].empty()) continue;
    index_.push_back(i);
    bytes += patterns[i].size();
    longest_ = std::max(longest_, patterns[i].size());
    head_size_ = head_size_ == 0 ? patterns[i].size() : std::min(head_size_, patterns[i].size());
  }
  std::sort(index_.begin(), index_.end(), [&](std::size_t a, std::size_t b) {
    const int order = patterns[a].compare(patterns[b]);
    return order < 0 || (order == 0 && a < b);
  });
  arena_.reserve(bytes);
  begin_.reserve(index_.size() + 1);
  for (const std::size_t i : index_) {
    begin_.push_back(arena_.size());
    arena_ += patterns[i];
  }
  begin_.push_back(arena_.size());
  if (!index_.empty()) MakeTables();
}

MultiSearch::~MultiSearch() {
  Wipe(arena_);
}

void MultiSearch::MakeTables() {
  head_size_ = std::min(head_size_, kLongestHead);
  stride_ = head_size_ < kShortestGram ? 1 : head_size_ - kShortestGram + 1;
  stride_ = std::min(stride_, kLongestStride);
  gram_size_ = head_size_ - stride_ + 1;
  std::memset(&gram_mask_, 0xFF, gram_size_);

  shared_.resize(size());
  for (std::size_t i = 0; i < size(); ++i) {
    if (i > 0) shared_[i] = CommonPrefix(sorted(i - 1), sorted(i));
    if (i == 0 || shared_[i] < head_size_) groups_.push_back(i);
  }
  groups_.push_back(size());
  repeats_head_.resize(size());
  beginnings_.resize(std::bit_ceil(groups_.size() * kBeginningBits) / 64);
  beginnings_shift_ = 64 - std::countr_zero(beginnings_.size() * 64);
  for (std::size_t group = 0; group + 1 < groups_.size(); ++group) {
    const std::string_view head = sorted(groups_[group]).substr(0, head_size_);
    AddBeginning<std::uint16_t>(head);
    AddBeginning<std::uint32_t>(head);
    AddBeginning<std::uint64_t>(head);
    bool repeats = false;
    for (std::size_t i = groups_[group]; i < groups_[group + 1]; ++i) {
      repeats = repeats || Contains(sorted(i).substr(1), head);
    }
    std::fill(repeats_head_.begin() + static_cast<std::ptrdiff_t>(groups_[group]),
              repeats_head_.begin() + static_cast<std::ptrdiff_t>(groups_[group + 1]), repeats);
  }

  const std::size_t grams = (groups_.size() - 1) * stride_;
  const std::size_t table_size = std::bit_ceil(grams * kTableBits + 64);
  const std::size_t bucket_count = std::bit_ceil(grams + 1);
  table_shift_ = 64 - std::countr_zero(table_size);
  bucket_shift_ = 64 - std::countr_zero(bucket_count);
  table_.resize(table_size / 64);
  buckets_.resize(bucket_count + 1);
  entries_.resize(grams);

  const auto for_each_gram = [this](auto&& take) {
    for (std::size_t offset = stride_; offset-- > 0;) {
      for (std::size_t group = 0; group + 1 < groups_.size(); ++group) {
        char padded[sizeof(std::uint64_t)] = {};
        std::memcpy(padded, sorted(groups_[group]).data() + offset, gram_size_);
        take(Hash(padded, gram_mask_), group, offset);
      }
    }
  };
  for_each_gram([this](std::uint64_t hash, std::size_t, std::size_t) {
    const std::uint64_t bit = hash >> table_shift_;
    table_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    ++buckets_[(hash >> bucket_shift_) + 1];
  });
  std::partial_sum(buckets_.begin(), buckets_.end(), buckets_.begin());
  std::vector<std::uint32_t> next(buckets_.begin(), buckets_.end() - 1);
  for_each_gram([&](std::uint64_t hash, std::size_t group, std::size_t offset) {
    entries_[next[hash >> bucket_shift_]++] = {static_cast<std::uint32_t>(hash >> 16),
                                               static_cast<std::uint32_t>(group) & 0xFFFFFFF,
                                               static_cast<std::uint32_t>(offset) & 0xF};
  });
}

MultiSearch::Range MultiSearch::FindBeginning(std::string_view beginning) const {
  std::size_t low = 0;
  for (std::size_t high = size(); low < high;) {
    const std::size_t middle = low + (high - low) / 2;
    if (sorted(middle) < beginning) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == size() || !sorted(low).starts_with(beginning)) return {0, 0};
  std::size_t last = low + 1;
  while (last < size() && shared_[last] >= beginning.size()) ++last;
  return {low, last};
}

std::size_t MultiSearch::BegunAtEnd(std::string_view text) const {
  if (size() == 0) return 0;
  std::size_t length = std::min(head_size_ - 1, text.size());
  while (length > 0 && BeginningWith(text.substr(text.size() - length)).empty()) --length;
  return length;
}

}  // namespace jobwarden
