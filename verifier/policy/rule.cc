#include "verifier/policy/rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "verifier/base/finding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/policy/condition_tree.h"

namespace jobwarden {
namespace {

constexpr std::size_t kMaxTextBytes = 1024;
constexpr int kMaxDepth = 8;
constexpr std::int64_t kRegexMemory = 1'048'576;

using Kind = ConditionTree::Kind;

// Makes the tree of a description, and collects all that is wrong with it.
class TreeMaker {
 public:
  explicit TreeMaker(std::vector<DescriptionPath>* where) : where_(where) {}

  ConditionTree Make(const Value& description) { return Any(description, {}); }
  Findings Take() { return std::move(findings_); }

 private:
  struct Nesting {
    int depth = 0;
    bool negated = false;
  };

  ConditionTree Refuse(std::string message, std::string hint = "") {
    findings_.push_back({Code::kConfigInvalid, std::move(message), std::move(hint)});
    if (where_ != nullptr) where_->push_back(path_);
    return {.kind = Kind::kAny};
  }

  ConditionTree Text(std::string text) {
    if (text.size() > kMaxTextBytes) {
      return Refuse(
          fmt::format("text: expected at most {} bytes, got {}", kMaxTextBytes, text.size()));
    }
    ConditionTree leaf{.kind = Glob::IsPattern(text) ? Kind::kGlob : Kind::kText};
    if (leaf.kind == Kind::kGlob) leaf.glob = Glob(text);
    leaf.text = std::move(text);
    return leaf;
  }

  ConditionTree Regex(const Value& description) {
    const std::string* pattern = description.AsString();
    if (pattern == nullptr) {
      return Refuse(fmt::format("regex: expected text, got {}", description.TypeName()));
    }
    if (pattern->size() > kMaxTextBytes) {
      return Refuse(
          fmt::format("regex: expected at most {} bytes, got {}", kMaxTextBytes, pattern->size()));
    }
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kRegexMemory);
    options.set_never_capture(true);
    auto regex = std::make_unique<const RE2>(*pattern, options);
    if (!regex->ok()) {
      return Refuse(
          fmt::format("regex: RE2 does not accept {}: {}", Quote(*pattern), Quote(regex->error())));
    }
    return {.kind = Kind::kRegex, .text = *pattern, .regex = std::move(regex)};
  }

  ConditionTree List(const Array& list, Nesting nesting) {
    if (list.empty()) return Refuse("expected a list of at least one element, got an empty one");
    ConditionTree tree{.kind = Kind::kAny};
    for (std::size_t i = 0; i < list.size(); ++i) {
      path_.push_back(i);
      tree.parts.push_back(Any(list[i], nesting));
      path_.pop_back();
    }
    return tree;
  }

  ConditionTree Not(const Value& description, Nesting nesting) {
    nesting.negated = true;
    ConditionTree tree{.kind = Kind::kNot};
    tree.parts.push_back(Any(description, nesting));
    return tree;
  }

  ConditionTree Exists(const Value& description, bool alone, Nesting nesting) {
    const std::optional<bool> exists = description.AsBool();
    if (!exists) {
      return Refuse(fmt::format("exists: expected true or false, got {}", description.TypeName()));
    }
    if (nesting.negated) {
      return Refuse("exists: expected outside of not, got one inside",
                    "write exists = true or exists = false instead");
    }
    if (!*exists && !alone) {
      return Refuse(
          "exists = false: expected alone, got other conditions beside it",
          "an absent value satisfies none of them; for \"absent, or one of these\" write a "
          "list: [{ exists = false }, \"main\"]");
    }
    return {.kind = Kind::kExists, .exists = *exists};
  }

  ConditionTree One(const Member& member, bool alone, Nesting nesting) {
    if (member.name == "not") return Not(member.value, nesting);
    if (member.name == "regex") return Regex(member.value);
    if (member.name == "exists") return Exists(member.value, alone, nesting);
    if (member.name == "any") {
      if (const Array* list = member.value.AsArray()) return List(*list, nesting);
      return Refuse(fmt::format("any: expected a list, got {}", member.value.TypeName()));
    }
    const std::string nearest = NearestWord(member.name, {"any", "not", "regex", "exists"});
    return Refuse(fmt::format("expected any, not, regex or exists, got {}", Quote(member.name)),
                  nearest.empty() ? "" : fmt::format("did you mean {}?", nearest));
  }

  ConditionTree Table(const Object& table, Nesting nesting) {
    if (table.empty()) return Refuse("expected a table with any, not, regex or exists, got none");
    ConditionTree tree{.kind = Kind::kAll};
    for (std::size_t i = 0; i < table.members().size(); ++i) {
      path_.push_back(i);
      tree.parts.push_back(One(table.members()[i], table.members().size() == 1, nesting));
      path_.pop_back();
    }
    return tree;
  }

  ConditionTree Any(const Value& description, Nesting nesting) {
    if (++nesting.depth > kMaxDepth) {
      return Refuse(fmt::format("expected at most {} conditions inside each other", kMaxDepth));
    }
    if (const std::string* text = description.AsString()) return Text(*text);
    if (const std::optional<bool> boolean = description.AsBool()) {
      return Text(*boolean ? "true" : "false");
    }
    if (const std::optional<std::int64_t> integer = description.AsInteger()) {
      return Text(std::to_string(*integer));
    }
    if (const Array* list = description.AsArray()) return List(*list, nesting);
    if (const Object* table = description.AsObject()) return Table(*table, nesting);
    return Refuse(
        fmt::format("expected text, true, false, a whole number, a list or a table, got {}",
                    description.IsNull() ? "null" : "a number that is not whole"));
  }

  std::vector<DescriptionPath>* where_;
  DescriptionPath path_;
  Findings findings_;
};

bool FitsScalar(const ConditionTree& test, const Value& value) {
  if (const std::string* text = value.AsString()) return LeafHas(test, *text);
  if (const std::optional<bool> boolean = value.AsBool()) {
    return LeafHas(test, *boolean ? "true" : "false");
  }
  if (const std::optional<std::int64_t> integer = value.AsInteger()) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), *integer).ptr;
    return LeafHas(test, {digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  return false;
}

// REQUIRES: no `exists` is below a `not`. So an absent value never satisfies a `not`.
bool Holds(const ConditionTree& test, const Value* value) {
  const auto part_holds = [value](const ConditionTree& part) { return Holds(part, value); };
  switch (test.kind) {
    case Kind::kExists:
      return test.exists == (value != nullptr);
    case Kind::kNot:
      return value != nullptr && !Holds(test.parts.front(), value);
    case Kind::kAny:
      return std::any_of(test.parts.begin(), test.parts.end(), part_holds);
    case Kind::kAll:
      return std::all_of(test.parts.begin(), test.parts.end(), part_holds);
    case Kind::kText:
    case Kind::kGlob:
    case Kind::kRegex:
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

bool LeafHas(const ConditionTree& leaf, std::string_view text) {
  if (leaf.kind == Kind::kText) return text == leaf.text;
  if (leaf.kind == Kind::kGlob) return leaf.glob->Matches(text);
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *leaf.regex);
}

struct Condition::Node {
  ConditionTree tree;
  std::string text;
};

Condition::Condition(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

Result<Condition> Condition::Make(const Value& description, std::vector<DescriptionPath>* where) {
  TreeMaker maker(where);
  ConditionTree tree = maker.Make(description);
  if (Findings findings = maker.Take(); !findings.empty()) return findings;
  return Condition(std::make_shared<const Node>(Node{std::move(tree), WriteJson(description)}));
}

bool Condition::Matches(const Value* value) const {
  return Holds(node_->tree, value == nullptr || value->IsNull() ? nullptr : value);
}

const std::string& Condition::text() const {
  return node_->text;
}

const ConditionTree& Condition::tree() const {
  return node_->tree;
}

bool Rule::PermitsAudience(const std::string& audience) const {
  if (!audiences) return true;
  const Value value(audience);
  return audiences->Matches(&value);
}

std::string FirstName(std::string_view name) {
  if (!name.starts_with('/')) return std::string(name);
  name.remove_prefix(1);
  return Unescape(name.substr(0, name.find('/')));
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
