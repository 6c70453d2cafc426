#ifndef JOBWARDEN_VERIFIER_MASK_MULTI_SEARCH_H_
#define JOBWARDEN_VERIFIER_MASK_MULTI_SEARCH_H_

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// Finds the places in a text where one of many strings begins.
///
/// Of the text only one short gram in every stride is looked up, in a bit table of all the grams
/// that stand in the first bytes of the strings; the strings themselves are compared where it is
/// in there, which is seldom. So a search costs about the same for ten strings as for a thousand:
/// a few GB/s where the shortest has 8 bytes or more, less where it is shorter.
///
/// Immutable; any number of threads may search at once. Holds copies of the strings, and wipes
/// them when it dies.
class MultiSearch {
 public:
  /// Empty strings are found nowhere. The same string may come twice.
  explicit MultiSearch(const std::vector<std::string_view>& patterns);
  MultiSearch(const MultiSearch&) = delete;
  MultiSearch& operator=(const MultiSearch&) = delete;
  ~MultiSearch();

  /// Calls `on_match(index, begin)` for each string that stands at `begin` in the text, `index`
  /// being its place in `patterns`: in the order of `begin`, overlapping ones too, until it gives
  /// back false. Text that is full of the beginning of a long string takes its time: up to as many
  /// comparisons of that string as the text has bytes.
  template <typename F>
  void Find(std::string_view text, F&& on_match) const {
    FindHeads(text, [&](std::size_t first, std::size_t last, std::size_t begin) {
      for (std::size_t i = first; i < last; ++i) {
        if (text.substr(begin).starts_with(sorted(i)) && !on_match(index_[i], begin)) return false;
      }
      return true;
    });
  }

  /// The strings in bytewise order, without the empty ones.
  std::size_t size() const { return index_.size(); }
  std::string_view sorted(std::size_t i) const {
    return std::string_view(arena_).substr(begin_[i], begin_[i + 1] - begin_[i]);
  }
  /// The length of the longest.
  std::size_t longest() const { return longest_; }

  /// How many bytes make a head: no string is shorter, and no head longer than 15 bytes.
  std::size_t head_size() const { return head_size_; }
  /// Calls `on_head(first, last, begin)` where the common head of the strings sorted(first) up to,
  /// not including, sorted(last) stands at `begin`; else as Find.
  template <typename F>
  void FindHeads(std::string_view text, F&& on_head) const;
  /// The length of the longest end of the text that is shorter than a head and begins one.
  std::size_t BegunAtEnd(std::string_view text) const;

 private:
  // A gram that stands in the head of a group of strings, `offset` bytes behind its beginning.
  struct Entry {
    std::uint32_t tag;
    std::uint32_t group : 28;
    std::uint32_t offset : 4;
  };

  void MakeTables();
  static std::uint64_t Hash(const char* eight_bytes, std::uint64_t gram_mask) {
    std::uint64_t word;
    std::memcpy(&word, eight_bytes, sizeof word);
    return (word & gram_mask) * 0x9E3779B97F4A7C15;
  }
  static std::size_t Pair(std::string_view text) {
    return std::size_t{static_cast<unsigned char>(text[0])} << 8 |
           static_cast<unsigned char>(text[1]);
  }
  template <typename F>
  bool Check(std::string_view text, std::size_t at, std::uint64_t hash, F&& on_head) const;

  std::string arena_;
  std::vector<std::size_t> begin_;   // in arena_, of each string, and the end of the last
  std::vector<std::size_t> index_;   // what the caller calls it
  std::vector<std::size_t> groups_;  // the first string of each head, and the end of the last
  std::size_t longest_ = 0;
  std::size_t head_size_ = 0;
  std::size_t gram_size_ = 0;
  std::size_t stride_ = 1;
  std::uint64_t gram_mask_ = 0;
  int table_shift_ = 63;
  int bucket_shift_ = 63;
  std::vector<std::uint64_t> table_;    // one bit for each hash of a gram
  std::vector<std::uint32_t> buckets_;  // where in entries_ those of a hash begin
  std::vector<Entry> entries_;          // in each bucket those with the largest offset come first
  std::bitset<65'536> first_pairs_;     // of bytes that a string begins with
};

// Each place where a head may begin has exactly one looked-up gram within its first stride bytes.
template <typename F>
void MultiSearch::FindHeads(std::string_view text, F&& on_head) const {
  if (size() == 0 || text.size() < head_size_) return;
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  // Copies, which nothing that on_head does can change, stay in registers.
  const std::uint64_t* const table = table_.data();
  const std::uint64_t gram_mask = gram_mask_;
  const std::size_t stride = stride_;
  const int shift = table_shift_;
  const auto may_stand = [table, shift](std::uint64_t hash) {
    const std::uint64_t bit = hash >> shift;
    return (table[bit / 64] >> (bit % 64) & 1) != 0;
  };
  std::size_t at = stride - 1;
  for (; at + kWord <= text.size(); at += stride) {
    const std::uint64_t hash = Hash(text.data() + at, gram_mask);
    if (may_stand(hash)) [[unlikely]] {
      if (!Check(text, at, hash, on_head)) return;
    }
  }
  for (; at + gram_size_ <= text.size(); at += stride) {
    char padded[kWord] = {};
    std::memcpy(padded, text.data() + at, text.size() - at);
    const std::uint64_t hash = Hash(padded, gram_mask);
    if (may_stand(hash) && !Check(text, at, hash, on_head)) return;
  }
}

template <typename F>
bool MultiSearch::Check(std::string_view text, std::size_t at, std::uint64_t hash,
                        F&& on_head) const {
  const std::uint64_t bucket = hash >> bucket_shift_;
  for (std::uint32_t i = buckets_[bucket]; i < buckets_[bucket + 1]; ++i) {
    const Entry& entry = entries_[i];
    if (entry.tag != static_cast<std::uint32_t>(hash >> 16)) continue;
    const std::size_t begin = at - entry.offset;
    const std::size_t first = groups_[entry.group];
    if (text.size() - begin < head_size_ ||
        std::memcmp(text.data() + begin, sorted(first).data(), head_size_) != 0) {
      continue;
    }
    if (!on_head(first, groups_[entry.group + 1], begin)) return false;
  }
  return true;
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_MULTI_SEARCH_H_
