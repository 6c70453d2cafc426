#include "verifier/policy/rule.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "verifier/base/finding.h"
#include "verifier/base/glob.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxTextBytes = 1024;
constexpr int kMaxDepth = 8;
constexpr std::int64_t kRegexMemory = 1'048'576;

struct Test {
  enum class Kind : std::uint8_t { kText, kGlob, kRegex, kExists, kNot, kAny, kAll };
  Kind kind;
  bool exists = false;                 // kExists
  std::string text{};                  // kText
  std::optional<Glob> glob{};          // kGlob
  std::unique_ptr<const RE2> regex{};  // kRegex
  std::vector<Test> parts{};           // kNot (one), kAny, kAll
};

Finding Refusal(std::string message, std::string hint = "") {
  return {Code::kConfigInvalid, std::move(message), std::move(hint)};
}

Result<Test> TextTest(std::string text) {
  if (text.size() > kMaxTextBytes) {
    return Refusal(
        fmt::format("text: expected at most {} bytes, got {}", kMaxTextBytes, text.size()));
  }
  if (Glob::IsPattern(text)) return Test{.kind = Test::Kind::kGlob, .glob = Glob(text)};
  return Test{.kind = Test::Kind::kText, .text = std::move(text)};
}

Result<Test> RegexTest(const Value& description) {
  const std::string* pattern = description.AsString();
  if (pattern == nullptr) {
    return Refusal(fmt::format("regex: expected text, got {}", description.TypeName()));
  }
  if (pattern->size() > kMaxTextBytes) {
    return Refusal(
        fmt::format("regex: expected at most {} bytes, got {}", kMaxTextBytes, pattern->size()));
  }
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kRegexMemory);
  options.set_never_capture(true);
  auto regex = std::make_unique<const RE2>(*pattern, options);
  if (!regex->ok()) {
    return Refusal(
        fmt::format("regex: RE2 does not accept {}: {}", Quote(*pattern), Quote(regex->error())));
  }
  return Test{.kind = Test::Kind::kRegex, .regex = std::move(regex)};
}

struct Place {
  int depth = 0;
  bool negated = false;
};

Result<Test> MakeTest(const Value& description, Place place);

Result<Test> ListTest(const Array& list, Place place) {
  if (list.empty()) return Refusal("expected a list of at least one element, got an empty one");
  Test test{.kind = Test::Kind::kAny};
  for (const Value& item : list) {
    Result<Test> part = MakeTest(item, place);
    if (!part) return part;
    test.parts.push_back(*std::move(part));
  }
  return test;
}

Result<Test> NotTest(const Value& description, Place place) {
  place.negated = true;
  Result<Test> part = MakeTest(description, place);
  if (!part) return part;
  Test test{.kind = Test::Kind::kNot};
  test.parts.push_back(*std::move(part));
  return test;
}

Result<Test> ExistsTest(const Value& description, bool alone, Place place) {
  const std::optional<bool> exists = description.AsBool();
  if (!exists) {
    return Refusal(fmt::format("exists: expected true or false, got {}", description.TypeName()));
  }
  if (place.negated) {
    return Refusal("exists: expected outside of not, got one inside",
                   "write exists = true or exists = false instead");
  }
  if (!*exists && !alone) {
    return Refusal(
        "exists = false: expected alone, got other conditions beside it",
        "an absent value satisfies none of them; for \"absent, or one of these\" write a "
        "list: [{ exists = false }, \"main\"]");
  }
  return Test{.kind = Test::Kind::kExists, .exists = *exists};
}

Result<Test> MemberTest(const Member& member, bool alone, Place place) {
  if (member.name == "not") return NotTest(member.value, place);
  if (member.name == "regex") return RegexTest(member.value);
  if (member.name == "exists") return ExistsTest(member.value, alone, place);
  if (member.name == "any") {
    if (const Array* list = member.value.AsArray()) return ListTest(*list, place);
    return Refusal(fmt::format("any: expected a list, got {}", member.value.TypeName()));
  }
  const std::string nearest = NearestWord(member.name, {"any", "not", "regex", "exists"});
  return Refusal(fmt::format("expected any, not, regex or exists, got {}", Quote(member.name)),
                 nearest.empty() ? "" : fmt::format("did you mean {}?", nearest));
}

Result<Test> TableTest(const Object& table, Place place) {
  if (table.empty()) return Refusal("expected a table with any, not, regex or exists, got none");
  Test test{.kind = Test::Kind::kAll};
  for (const Member& member : table.members()) {
    Result<Test> part = MemberTest(member, table.members().size() == 1, place);
    if (!part) return part;
    test.parts.push_back(*std::move(part));
  }
  return test;
}

Result<Test> MakeTest(const Value& description, Place place) {
  if (++place.depth > kMaxDepth) {
    return Refusal(fmt::format("expected at most {} conditions inside each other", kMaxDepth));
  }
  if (const std::string* text = description.AsString()) return TextTest(*text);
  if (const std::optional<bool> boolean = description.AsBool()) {
    return TextTest(*boolean ? "true" : "false");
  }
  if (const std::optional<std::int64_t> integer = description.AsInteger()) {
    return TextTest(std::to_string(*integer));
  }
  if (const Array* list = description.AsArray()) return ListTest(*list, place);
  if (const Object* table = description.AsObject()) return TableTest(*table, place);
  return Refusal(
      fmt::format("expected text, true, false, a whole number, a list or a table, got {}",
                  description.IsNull() ? "null" : "a number that is not whole"));
}

bool FitsText(const Test& test, std::string_view text) {
  if (test.kind == Test::Kind::kText) return text == test.text;
  if (test.kind == Test::Kind::kGlob) return test.glob->Matches(text);
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *test.regex);
}

bool FitsScalar(const Test& test, const Value& value) {
  if (const std::string* text = value.AsString()) return FitsText(test, *text);
  if (const std::optional<bool> boolean = value.AsBool()) {
    return FitsText(test, *boolean ? "true" : "false");
  }
  if (const std::optional<std::int64_t> integer = value.AsInteger()) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), *integer).ptr;
    return FitsText(test, {digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  return false;
}

// REQUIRES: no `exists` is below a `not`. So an absent value never satisfies a `not`.
bool Holds(const Test& test, const Value* value) {
  const auto part_holds = [value](const Test& part) { return Holds(part, value); };
  switch (test.kind) {
    case Test::Kind::kExists:
      return test.exists == (value != nullptr);
    case Test::Kind::kNot:
      return value != nullptr && !Holds(test.parts.front(), value);
    case Test::Kind::kAny:
      return std::any_of(test.parts.begin(), test.parts.end(), part_holds);
    case Test::Kind::kAll:
      return std::all_of(test.parts.begin(), test.parts.end(), part_holds);
    case Test::Kind::kText:
    case Test::Kind::kGlob:
    case Test::Kind::kRegex:
      break;
  }
  if (value == nullptr) return false;
  if (const Array* array = value->AsArray()) {
    return std::any_of(array->begin(), array->end(),
                       [&test](const Value& item) { return FitsScalar(test, item); });
  }
  return FitsScalar(test, *value);
}

// The array index in a reference token of a JSON pointer (RFC 6901 §4); nothing for another form.
std::optional<std::size_t> ArrayIndex(std::string_view token) {
  if (token.empty() || (token.size() > 1 && token.front() == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  return index;
}

std::string Unescape(std::string_view token) {
  std::string name;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~') {
      name += i + 1 < token.size() && token[i + 1] == '1' ? '/' : '~';
      ++i;
    } else {
      name += token[i];
    }
  }
  return name;
}

}  // namespace

struct Condition::Node {
  Test test;
  std::string text;
};

Condition::Condition(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

Result<Condition> Condition::Make(const Value& description) {
  Result<Test> test = MakeTest(description, {});
  if (!test) return std::move(test).findings();
  return Condition(std::make_shared<const Node>(Node{*std::move(test), WriteJson(description)}));
}

bool Condition::Matches(const Value* value) const {
  return Holds(node_->test, value == nullptr || value->IsNull() ? nullptr : value);
}

const std::string& Condition::text() const {
  return node_->text;
}

bool Rule::PermitsAudience(const std::string& audience) const {
  if (!audiences) return true;
  const Value value(audience);
  return audiences->Matches(&value);
}

const Value* FindNamed(const Object& object, std::string_view name) {
  if (!name.starts_with('/')) return object.Find(name);
  const Value* value = nullptr;
  const Object* members = &object;
  const Array* items = nullptr;
  do {
    name.remove_prefix(1);
    const std::string_view token = name.substr(0, name.find('/'));
    name.remove_prefix(token.size());
    if (items != nullptr) {
      const std::optional<std::size_t> index = ArrayIndex(token);
      value = index && *index < items->size() ? &(*items)[*index] : nullptr;
    } else {
      value = members == nullptr ? nullptr : members->Find(Unescape(token));
    }
    if (value == nullptr) return nullptr;
    members = value->AsObject();
    items = value->AsArray();
  } while (!name.empty());
  return value;
}

}  // namespace jobwarden
