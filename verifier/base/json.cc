#include "verifier/base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

using Json = nlohmann::ordered_json;

// The document as nlohmann's lexer sees it: every plain string (printable ASCII without quote and
// backslash) looks empty. The lexer needs many times longer for a character than this class needs
// to see that the character is plain, and most of a token's claims are plain strings. The grammar
// makes no difference between an empty string and a plain one, so the lexer accepts the same
// documents. It reads all other strings itself.
class Feed {
 public:
  explicit Feed(std::string_view document) : document_(document) {}

  // The text of the string that the lexer has just read as `read`.
  std::string_view Text(const std::string& read) const { return spared_ ? plain_ : read; }
  // How many bytes of the document the lexer has read.
  std::size_t position() const { return at_; }
  std::size_t size() const { return document_.size(); }

  bool AtEnd() const { return at_ == document_.size(); }
  char Current() const { return document_[at_]; }
  void Advance() {
    const char current = Current();
    switch (place_) {
      case Place::kOutside:
        if (current == '"') return EnterString();
        break;
      case Place::kClosing:
        place_ = Place::kOutside;
        break;
      case Place::kInside:
        if (!escaped_ && current == '"') place_ = Place::kOutside;
        escaped_ = !escaped_ && current == '\\';
        break;
    }
    ++at_;
  }

 private:
  enum class Place {
    kOutside,  // of strings
    kClosing,  // at the end of a plain string
    kInside,   // of any other string
  };

  static bool IsPlain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

  // Whether each of eight characters is plain, in any order of the bytes.
  static bool ArePlain(std::uint64_t eight) {
    constexpr std::uint64_t kEach = 0x0101010101010101;
    constexpr std::uint64_t kHigh = 0x80 * kEach;
    // Of characters under 0x80 the subtraction borrows into the high bit of those that are zero.
    const auto has_zero = [](std::uint64_t x) { return (x - kEach) & ~x; };
    const std::uint64_t wrong = eight | (eight - 0x20 * kEach) | has_zero(eight ^ 0x7F * kEach) |
                                has_zero(eight ^ '"' * kEach) | has_zero(eight ^ '\\' * kEach);
    return (wrong & kHigh) == 0;
  }

  void EnterString() {
    const std::size_t begin = ++at_;
    std::size_t end = begin;
    for (std::uint64_t eight = 0; end + sizeof(eight) <= document_.size(); end += sizeof(eight)) {
      std::memcpy(&eight, document_.data() + end, sizeof(eight));
      if (!ArePlain(eight)) break;
    }
    while (end < document_.size() && IsPlain(document_[end])) ++end;
    spared_ = end < document_.size() && document_[end] == '"';
    if (!spared_) {
      place_ = Place::kInside;
      return;
    }
    plain_ = document_.substr(begin, end - begin);
    at_ = end;
    place_ = Place::kClosing;
  }

  std::string_view document_;
  std::size_t at_ = 0;
  Place place_ = Place::kOutside;
  bool escaped_ = false;
  bool spared_ = false;
  std::string_view plain_;
};

// The Feed as the input iterator that nlohmann asks for. A null feed is the end.
class FeedIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  explicit FeedIterator(Feed* feed) : feed_(feed) {}
  char operator*() const { return feed_->Current(); }
  FeedIterator& operator++() {
    feed_->Advance();
    return *this;
  }
  friend bool operator!=(const FeedIterator& here, const FeedIterator& /*end*/) {
    return !here.feed_->AtEnd();
  }

 private:
  Feed* feed_;
};

// Builds a Value from nlohmann's events and stops at the first fault.
//
// Text is copied out of the parser's buffer, not moved. So the buffer keeps its size, and a copy
// allocates once, or not at all if the text is short.
class Builder {
 public:
  Builder(const JsonLimits& limits, const Feed& feed) : limits_(limits), feed_(feed) {
    open_.reserve(8);
  }

  Value Take() { return std::move(root_); }
  const std::string& error() const { return error_; }

  bool null() { return Count() && Place(Value()) != nullptr; }
  bool boolean(bool boolean) { return Count() && Place(boolean) != nullptr; }
  bool number_integer(Json::number_integer_t number) {
    return Count() && Place(std::int64_t{number}) != nullptr;
  }
  bool number_unsigned(Json::number_unsigned_t number) {
    if (number > static_cast<Json::number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return Fail("an integer does not fit 64 bits");
    }
    return number_integer(static_cast<std::int64_t>(number));
  }
  bool number_float(Json::number_float_t number, const std::string& text) {
    // nlohmann reads integers beyond 64 bits as floating-point numbers.
    if (text.find_first_of(".eE") == std::string::npos) {
      return Fail("an integer does not fit 64 bits");
    }
    return Count() && Place(number) != nullptr;
  }
  bool string(const std::string& text) { return Count() && Place(feed_.Text(text)) != nullptr; }
  bool binary(Json::binary_t& /*bytes*/) { return Fail("binary value"); }
  bool start_object(std::size_t /*size*/) {
    // A token has many claims of some 24 bytes, and the objects among them are small.
    const std::size_t members = open_.empty() ? std::min(feed_.size() / 24 + 1, kFew) : 4;
    if (!Open(Object())) return false;
    open_.back().object->members().reserve(members);
    open_.back().hashes.reserve(members);
    return true;
  }
  bool start_array(std::size_t /*size*/) { return Open(Array()); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool key(const std::string& text) {
    const std::string_view name = feed_.Text(text);
    Level& level = open_.back();
    if (HasName(level, name)) return Fail("duplicate name " + Quote(name));
    level.object->members().push_back({std::string(name), Value()});
    return true;
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& /*error*/) {
    return Fail(fmt::format("not valid JSON near byte {}", feed_.position()));
  }

 private:
  static constexpr std::size_t kFew = 128;  // names of an object

  // An array or object that is not closed yet. The pointers stay valid, because its parent gets no
  // further element until it is closed.
  struct Level {
    Array* array;
    Object* object;
    // Hashes of the names so far while there are few names, then the names. A name whose hash has a
    // bit that no name before has is new.
    std::array<std::uint64_t, 8> bits;
    std::vector<std::uint32_t> hashes;
    std::set<std::string> names;
  };

  bool Fail(std::string error) {
    if (error_.empty()) error_ = std::move(error);
    return false;
  }

  static std::uint32_t Hash(std::string_view name) {
    std::uint64_t head = 0, tail = 0;
    const std::size_t size = std::min<std::size_t>(name.size(), 8);
    std::memcpy(&head, name.data(), size);
    std::memcpy(&tail, name.data() + name.size() - size, size);
    return static_cast<std::uint32_t>(((head ^ tail << 1) + name.size()) * 0x9E3779B97F4A7C15 >>
                                      32);
  }

  static bool HasName(Level& level, std::string_view name) {
    const auto& members = level.object->members();
    if (members.size() < kFew) {
      const std::uint32_t hash = Hash(name);
      std::uint64_t& bits = level.bits[hash % level.bits.size()];
      const std::uint64_t bit = std::uint64_t{1} << (hash >> 26);
      const bool is_new = (bits & bit) == 0;
      bits |= bit;
      for (std::size_t i = 0; !is_new && i < level.hashes.size(); ++i) {
        if (level.hashes[i] == hash && members[i].name == name) return true;
      }
      level.hashes.push_back(hash);
      return false;
    }
    if (level.names.empty()) {
      for (const Member& member : members) level.names.insert(member.name);
    }
    return !level.names.emplace(name).second;
  }

  template <class T>
  Value* Place(T&& content) {
    if (open_.empty()) {
      root_ = Value(std::forward<T>(content));
      return &root_;
    }
    if (Array* array = open_.back().array) return &array->emplace_back(std::forward<T>(content));
    Value& place = open_.back().object->members().back().value;
    place = Value(std::forward<T>(content));
    return &place;
  }

  bool Count() {
    return ++values_ <= limits_.max_values ||
           Fail(fmt::format("more than {} values", limits_.max_values));
  }

  template <class T>
  bool Open(T content) {
    if (!Count()) return false;
    if (open_.size() == limits_.max_depth) {
      return Fail(fmt::format("nested deeper than {}", limits_.max_depth));
    }
    Value* value = Place(std::move(content));
    open_.push_back({value->AsArray(), value->AsObject(), {}, {}, {}});
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  const Feed& feed_;
  Value root_;
  std::vector<Level> open_;
  std::size_t values_ = 0;
  std::string error_;
};

Json ToJson(const Value& value) {
  if (const auto boolean = value.AsBool()) return *boolean;
  if (const auto integer = value.AsInteger()) return *integer;
  if (const auto real = value.AsReal()) return *real;
  if (const std::string* text = value.AsString()) return *text;
  if (const Array* array = value.AsArray()) {
    Json json = Json::array();
    for (const Value& item : *array) json.push_back(ToJson(item));
    return json;
  }
  if (const Object* object = value.AsObject()) {
    Json json = Json::object();
    auto& members = json.get_ref<Json::object_t&>();
    for (const Member& member : object->members()) {
      members.emplace_back(member.name, ToJson(member.value));  // names are unique: see Object
    }
    return json;
  }
  return nullptr;
}

}  // namespace

Result<Value> ParseJson(std::string_view text, const JsonLimits& limits, Code code,
                        std::string_view what) {
  const auto refuse = [&](std::string_view why) {
    return Finding{code, fmt::format("{}: {}", what, why)};
  };
  if (text.size() > limits.max_bytes) {
    return refuse(fmt::format("{} bytes, the limit is {}", text.size(), limits.max_bytes));
  }
  if (text.starts_with("\xEF\xBB\xBF")) return refuse("byte order mark");
  Feed feed(text);
  Builder builder(limits, feed);
  if (!Json::sax_parse(FeedIterator(&feed), FeedIterator(nullptr), &builder)) {
    return refuse(builder.error());
  }
  return builder.Take();
}

std::string WriteJson(const Value& value) {
  return ToJson(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string BriefJson(const Value* value) {
  constexpr std::size_t kMostElements = 8;
  if (value == nullptr) return "null";
  if (const std::string* text = value->AsString()) return Quote(*text);
  if (value->AsObject() != nullptr) return Quote(WriteJson(*value));
  const Array* array = value->AsArray();
  if (array == nullptr) return WriteJson(*value);
  std::vector<std::string> shown;
  for (const Value& item : *array) {
    if (shown.size() == kMostElements) {
      shown.emplace_back("\"…\"");
      break;
    }
    shown.push_back(item.AsArray() == nullptr ? BriefJson(&item) : Quote(WriteJson(item)));
  }
  return fmt::format("[{}]", fmt::join(shown, ","));
}

}  // namespace jobwarden
