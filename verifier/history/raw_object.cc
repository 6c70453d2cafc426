#include "verifier/history/raw_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "verifier/base/json.h"

namespace jobwarden {
namespace {

constexpr std::size_t kUsualMembers = 24;
constexpr JsonLimits kLimits{.max_bytes = std::size_t{4} * 1024 * 1024, .max_depth = 24};

// What is between the quotes of a JSON string that is plain, as most are: no escapes, and nothing
// that could be bad UTF-8.
std::optional<std::string_view> PlainString(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.find('"', 1) != text.size() - 1) {
    return std::nullopt;
  }
  const std::string_view inner = text.substr(1, text.size() - 2);
  const auto is_plain = [](char each) { return each >= ' ' && each < '\x7F' && each != '\\'; };
  if (!std::all_of(inner.begin(), inner.end(), is_plain)) return std::nullopt;
  return inner;
}

// Whether a name as it stands in the text, with escapes, means `name`.
bool Means(std::string_view raw, std::string_view name) {
  if (raw.find('\\') == raw.npos) return raw == name;
  const auto value = ParseJson(fmt::format("\"{}\"", raw), kLimits, Code::kAuditFailed, "a name");
  return value && value->AsString() != nullptr && *value->AsString() == name;
}

constexpr std::array<bool, 256> kStructural = [] {
  std::array<bool, 256> table{};
  for (const char each : {'"', '{', '}', '[', ']', ','})
    table[static_cast<unsigned char>(each)] = true;
  return table;
}();

// Walks over JSON text. Each function returns the end of what it took, or kBroken.
class Walker {
 public:
  static constexpr std::size_t kBroken = std::string_view::npos;

  explicit Walker(std::string_view text) : text_(text) {}

  std::size_t Space(std::size_t at) const {
    return std::min(text_.find_first_not_of(" \t\r", at), text_.size());
  }

  bool Is(char expected, std::size_t at) const {
    return at < text_.size() && text_[at] == expected;
  }

  // `at` is the opening quote.
  std::size_t String(std::size_t at) const {
    for (std::size_t end = at + 1;; ++end) {
      end = text_.find('"', end);
      if (end == kBroken) return kBroken;
      std::size_t escapes = 0;
      while (text_[end - escapes - 1] == '\\') ++escapes;
      if (escapes % 2 == 0) return end + 1;
    }
  }

  // Anything up to the comma or bracket that ends it on its own level.
  std::size_t Value(std::size_t at) const {
    std::string closing;
    for (std::size_t i = at; i < text_.size(); ++i) {
      const char each = text_[i];
      if (!kStructural[static_cast<unsigned char>(each)]) continue;
      if (each == '"') {
        i = String(i);
        if (i == kBroken) return kBroken;
        --i;
      } else if (each == '{' || each == '[') {
        closing.push_back(each == '{' ? '}' : ']');
      } else if (closing.empty()) {
        return i;
      } else if (each != ',') {
        if (closing.back() != each) return kBroken;
        closing.pop_back();
      }
    }
    return kBroken;
  }

 private:
  std::string_view text_;
};

}  // namespace

std::optional<RawObject> RawObject::Split(std::string_view text) {
  const Walker walker(text);
  RawObject object;
  object.members_.reserve(kUsualMembers);
  std::size_t at = walker.Space(0);
  if (!walker.Is('{', at)) return std::nullopt;
  at = walker.Space(at + 1);
  bool ended = walker.Is('}', at);
  while (!ended) {
    if (!walker.Is('"', at)) return std::nullopt;
    const std::size_t name_end = walker.String(at);
    if (name_end == Walker::kBroken) return std::nullopt;
    const std::string_view name = text.substr(at + 1, name_end - at - 2);
    object.has_escaped_names_ |= name.find('\\') != name.npos;
    at = walker.Space(name_end);
    if (!walker.Is(':', at)) return std::nullopt;
    const std::size_t begin = walker.Space(at + 1);
    at = walker.Value(begin);
    if (at == Walker::kBroken || at == begin || text[at] == ']') return std::nullopt;
    object.members_.emplace_back(name, text.substr(begin, at - begin));
    ended = walker.Is('}', at);
    if (!ended) at = walker.Space(at + 1);
  }
  if (walker.Space(at + 1) != text.size()) return std::nullopt;
  return object;
}

std::string_view RawObject::Text(std::string_view name) const {
  for (const auto& [raw, value] : members_) {
    if (has_escaped_names_ ? Means(raw, name) : raw == name) return value;
  }
  return {};
}

std::optional<Value> RawObject::Get(std::string_view name) const {
  const std::string_view text = Text(name);
  if (text.empty()) return std::nullopt;
  if (const auto plain = PlainString(text)) return Value(*plain);
  auto value = ParseJson(text, kLimits, Code::kAuditFailed, name);
  if (!value) return std::nullopt;
  return *std::move(value);
}

std::string RawObject::GetString(std::string_view name) const {
  if (const auto plain = PlainString(Text(name))) return std::string(*plain);
  auto value = Get(name);
  std::string* whole = value ? value->AsString() : nullptr;
  return whole == nullptr ? "" : std::move(*whole);
}

}  // namespace jobwarden
