#ifndef JOBWARDEN_VERIFIER_MASK_MULTI_SEARCH_H_
#define JOBWARDEN_VERIFIER_MASK_MULTI_SEARCH_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// How many bytes two texts have in common at their beginning.
inline std::size_t CommonPrefix(std::string_view a, std::string_view b) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  const std::size_t size = std::min(a.size(), b.size());
  std::size_t same = 0;
  for (; same + kWord <= size; same += kWord) {
    if (std::memcmp(a.data() + same, b.data() + same, kWord) != 0) break;
  }
  while (same < size && a[same] == b[same]) ++same;
  return same;
}

// A log of gigabytes is searched for some thousand strings while the job writes it. An automaton
// (Aho-Corasick) would look at each byte of the log, in a table too large for the cache. This
// search looks at few bytes instead, as Wu and Manber's does:
//
// The first bytes of a string are its head. All heads are equally long: as long as the shortest
// string, up to 15 bytes. A gram is a few bytes that follow each other, and a head of 15 bytes has
// eight grams of eight bytes, one at each of its first eight offsets. A table of bits says which
// hashes of grams occur in any head. The search takes one gram of the text every eight bytes (the
// stride). Wherever a head begins, exactly one of the grams that are taken lies in it, at one of
// those offsets. So it is enough to look these up: most are not in the table, and the search goes
// on to the next after one multiplication and one load. Where a gram is in the table, the entries
// of its hash say which heads it may belong to, and only then text and head are compared.
//
// The strings are kept in bytewise order. Strings with the same head follow each other and form a
// group, which is found as one; with the number of bytes that each string shares with the one
// before it, a whole group is compared with a text in one pass.
//
// The search never copies the text, and never looks at a text longer than the one it is given:
// what goes on in the next piece of a stream is StreamSearch's to know.

/// Finds the places in a text where one of many strings begins. A search costs about the same for
/// ten strings as for a thousand: a few GB/s where the shortest has kMinSearchedBytes or more, less
/// where it is shorter.
///
/// Immutable; any number of threads may search at once. Holds copies of the strings, and wipes
/// them when it dies.
class MultiSearch {
 public:
  /// Empty strings are found nowhere. The same string may be there twice.
  explicit MultiSearch(const std::vector<std::string_view>& patterns);
  MultiSearch(const MultiSearch&) = delete;
  MultiSearch& operator=(const MultiSearch&) = delete;
  ~MultiSearch();

  /// Calls `on_match(index, begin)` for each string that the text has at `begin`, where `index` is
  /// the string's place in `patterns`: in the order of `begin`, overlapping strings too, until
  /// `on_match` returns false. A text that repeats the beginning of a long string is slow: the
  /// string is compared as often as its head occurs.
  template <typename F>
  void Find(std::string_view text, F&& on_match) const {
    FindHeads(text, [&](Range range, std::size_t begin) {
      for (std::size_t i = range.first; i < range.last; ++i) {
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

  /// The strings sorted(first) up to, not including, sorted(last).
  struct Range {
    std::size_t first;
    std::size_t last;
    bool empty() const { return first == last; }
  };

  /// A head of 15 bytes has eight grams of eight bytes.
  static constexpr std::size_t kLongestHead = 15;
  /// How many bytes a head has: no string is shorter, and no head is longer than kLongestHead.
  std::size_t head_size() const { return head_size_; }
  /// Calls `on_head(range, begin)` where the text has the head of these strings at `begin`; else as
  /// Find.
  template <typename F>
  void FindHeads(std::string_view text, F&& on_head) const;
  /// Whether a string that has the same head as sorted(i) holds that head a second time. Of other
  /// strings no two occurrences overlap by a head or more.
  bool repeats_head(std::size_t i) const { return repeats_head_[i]; }

  /// Compares strings that begin with the same `matched` bytes with a text from there on. Calls
  /// `on_stop(range, matched)` for all strings that share so many bytes with the text and not
  /// more: because the text differs there, or ends, or because the string ends. Strings that end
  /// come alone, one by one.
  template <typename F>
  void Compare(Range range, std::size_t matched, std::string_view text, F&& on_stop) const;

  /// Whether a head may be in two parts: its first bytes right before text[at], and the others from
  /// text[next] on. True where one is, and hardly ever where none is.
  bool MayBeInTwo(std::string_view text, std::size_t at, std::size_t next) const {
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    if (gram_size_ > stride_ || at < kWord || next + 2 * kWord > text.size()) return true;
    const auto word = [text](std::size_t from) {
      std::uint64_t bytes;
      std::memcpy(&bytes, text.data() + from, sizeof bytes);
      return bytes;
    };
    // Of a head with a stride or more before text[at], a gram is here with all but its end before
    // it. A head with less has a gram here that begins with its second byte after the gap.
    const std::size_t before = stride_ - 1;
    const std::uint64_t across = word(at - kWord) >> (8 * (kWord - before)) | word(next)
                                                                                  << (8 * before);
    return MayBeGram(HashOf(across)) || MayBeGram(HashOf(word(next + 1)));
  }
  /// The strings that begin with `beginning`, which has one byte at least.
  Range BeginningWith(std::string_view beginning) const {
    // Most texts that no string begins with show it in their first bytes.
    const bool may_begin = MayBeginWith<std::uint32_t>(beginning) &&
                           MayBeginWith<std::uint64_t>(beginning) &&
                           MayBeginWith<std::uint16_t>(beginning);
    return may_begin ? FindBeginning(beginning) : Range{0, 0};
  }
  /// The length of the longest end of the text that is shorter than a head and begins one.
  std::size_t BegunAtEnd(std::string_view text) const;

 private:
  // A gram of the head of a group of strings, `offset` bytes after the beginning of the head.
  struct Entry {
    std::uint32_t tag;
    std::uint32_t group : 28;
    std::uint32_t offset : 4;
  };

  static constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15;

  void MakeTables();
  std::uint64_t HashOf(std::uint64_t gram) const { return (gram & gram_mask_) * kFactor; }
  bool MayBeGram(std::uint64_t hash) const {
    const std::uint64_t bit = hash >> table_shift_;
    return (table_[bit / 64] >> (bit % 64) & 1) != 0;
  }
  static std::uint64_t Hash(const char* eight_bytes, std::uint64_t gram_mask) {
    std::uint64_t word;
    std::memcpy(&word, eight_bytes, sizeof word);
    return (word & gram_mask) * kFactor;
  }
  // Where in beginnings_ the bit is of a text's first bytes: so many of them as Bytes has.
  template <typename Bytes>
  std::uint64_t BitOf(const char* text) const {
    Bytes bytes;
    std::memcpy(&bytes, text, sizeof bytes);
    return ((bytes + sizeof bytes) * kFactor) >> beginnings_shift_;
  }
  template <typename Bytes>
  bool MayBeginWith(std::string_view text) const {
    const std::size_t size = sizeof(Bytes);
    if (size > text.size() || size > head_size_) return true;
    const std::uint64_t bit = BitOf<Bytes>(text.data());
    return (beginnings_[bit / 64] >> (bit % 64) & 1) != 0;
  }
  template <typename Bytes>
  void AddBeginning(std::string_view head) {
    if (sizeof(Bytes) > head.size()) return;
    const std::uint64_t bit = BitOf<Bytes>(head.data());
    beginnings_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  bool IsHead(const char* text, const char* head) const {
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    static_assert(kLongestHead <= 2 * kWord);
    if (head_size_ < kWord) return std::memcmp(text, head, head_size_) == 0;
    const std::size_t rest = head_size_ - kWord;
    return std::memcmp(text, head, kWord) == 0 && std::memcmp(text + rest, head + rest, kWord) == 0;
  }
  Range FindBeginning(std::string_view beginning) const;
  template <typename F>
  bool Check(std::string_view text, std::size_t at, std::uint64_t hash, F&& on_head) const;

  std::string arena_;
  std::vector<std::size_t> begin_;   // in arena_, of each string, and the end of the last
  std::vector<std::size_t> index_;   // what the caller calls it
  std::vector<std::size_t> shared_;  // how many bytes each string shares with the one before it
  std::vector<std::size_t> groups_;  // the first string of each head, and the end of the last
  std::vector<bool> repeats_head_;
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
  int beginnings_shift_ = 63;
  std::vector<std::uint64_t> beginnings_;  // one bit for each hash of first bytes
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
    if (text.size() - begin < head_size_) continue;
    if (!IsHead(text.data() + begin, sorted(first).data())) continue;
    if (!on_head(Range{first, groups_[entry.group + 1]}, begin)) return false;
  }
  return true;
}

template <typename F>
void MultiSearch::Compare(Range range, std::size_t matched, std::string_view text,
                          F&& on_stop) const {
  const auto compare = [&](std::size_t i, std::size_t same) {
    return same + CommonPrefix(sorted(i).substr(same), text.substr(same - matched));
  };
  std::size_t first = range.first;
  std::size_t same = compare(first, matched);
  // In bytewise order all strings have what the first and the last have in common.
  const auto further = [&](std::size_t i) { return sorted(i).substr(matched, same + 1 - matched); };
  if (sorted(first).size() > same && further(first) == further(range.last - 1)) {
    return on_stop(range, same);
  }
  for (std::size_t i = first + 1; i < range.last; ++i) {
    // Where a string differs from the one before it tells where it differs from the text, but for
    // the place where the one before it differs.
    if (shared_[i] > same) continue;
    const std::size_t next = shared_[i] < same ? shared_[i] : compare(i, same);
    if (next == same && sorted(first).size() > same) continue;
    on_stop(Range{first, i}, same);
    first = i;
    same = next;
  }
  on_stop(Range{first, range.last}, same);
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_MASK_MULTI_SEARCH_H_
