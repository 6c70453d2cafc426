#include "verifier/config/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verifier/base/text.h"

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

namespace jobwarden {
namespace {

// The parser bounds how deep values nest, but not how many tables one dotted key makes; its tree
// is destroyed recursively. Nobody writes such a line, but many lines would not be too long.
constexpr std::ptrdiff_t kMaxDotsInLine = 256;

Place PlaceOf(std::size_t file, const toml::source_region& source) {
  return {file, source.begin.line, source.begin.column};
}

Node Convert(std::size_t file, const toml::node& from) {
  Node node{PlaceOf(file, from.source()), Node::Date{}};
  if (const auto* boolean = from.as_boolean()) {
    node.content = boolean->get();
  } else if (const auto* integer = from.as_integer()) {
    node.content = integer->get();
  } else if (const auto* number = from.as_floating_point()) {
    node.content = number->get();
  } else if (const auto* text = from.as_string()) {
    node.content = text->get();
  } else if (const auto* array = from.as_array()) {
    Node::List list;
    for (const auto& item : *array) list.push_back(Convert(file, item));
    node.content = std::move(list);
  } else if (const auto* table = from.as_table()) {
    Node::Table entries;
    for (const auto& [key, value] : *table) {
      entries.push_back(
          {std::string(key.str()), PlaceOf(file, key.source()), Convert(file, value)});
    }
    node.content = std::move(entries);
  }
  return node;
}

// The parser's words in our manner. They may repeat what stands in the file: one line, nothing
// hidden; it escapes and quotes such pieces itself.
std::string ParserWords(std::string_view description) {
  const std::string quoted = Quote(description);
  std::string words;
  for (std::size_t at = 1; at + 1 < quoted.size(); ++at) {
    const bool escaped = quoted[at] == '\\' && (quoted[at + 1] == '\\' || quoted[at + 1] == '"');
    words += quoted[escaped ? ++at : at];
  }
  if (words.starts_with('E')) words.front() = 'e';
  return words;
}

bool HasLineOfDots(std::size_t file, std::string_view text, Problems& problems) {
  for (std::uint32_t line = 1; !text.empty(); ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    if (std::count(one.begin(), one.end(), '.') > kMaxDotsInLine) {
      problems.Add({file, line, 1}, fmt::format("more than {} dots in one line", kMaxDotsInLine),
                   "write a long list on several lines");
      return true;
    }
    text.remove_prefix(std::min(one.size() + 1, text.size()));
  }
  return false;
}

}  // namespace

void Problems::Add(Place place, std::string message, std::string hint) {
  problems_.push_back({place,
                       {Code::kConfigInvalid,
                        fmt::format("{}: {}", Text(place), message),
                        std::move(hint),
                        {},
                        false}});
}

std::string Problems::Text(Place place) const {
  return fmt::format("{}:{}:{}", paths_[place.file], place.line, place.column);
}

Findings Problems::Take() {
  std::stable_sort(problems_.begin(), problems_.end(),
                   [](const Problem& a, const Problem& b) { return a.place < b.place; });
  Findings findings;
  for (auto& problem : problems_) findings.push_back(std::move(problem.finding));
  problems_.clear();
  return findings;
}

const Node* Node::Find(std::string_view key) const {
  const Table* table = As<Table>();
  if (table == nullptr) return nullptr;
  const auto entry = std::find_if(table->begin(), table->end(),
                                  [key](const Entry& each) { return each.key == key; });
  return entry == table->end() ? nullptr : &entry->value;
}

std::string_view KindName(const Node& node) {
  constexpr std::string_view kNames[] = {"true or false",  "a whole number", "a number", "a string",
                                         "a date or time", "a list",         "a table"};
  return kNames[node.content.index()];
}

std::optional<Value> ToValue(const Node& node) {
  if (const auto* list = node.As<Node::List>()) {
    Array array;
    for (const Node& item : *list) {
      auto value = ToValue(item);
      if (!value) return std::nullopt;
      array.push_back(std::move(*value));
    }
    return Value(std::move(array));
  }
  if (const auto* table = node.As<Node::Table>()) {
    Object object;
    for (const Entry& entry : *table) {
      auto value = ToValue(entry.value);
      if (!value) return std::nullopt;
      object.Set(entry.key, std::move(*value));
    }
    return Value(std::move(object));
  }
  if (const auto* boolean = node.As<bool>()) return Value(*boolean);
  if (const auto* integer = node.As<std::int64_t>()) return Value(*integer);
  if (const auto* number = node.As<double>()) return Value(*number);
  if (const auto* text = node.As<std::string>()) return Value(*text);
  return std::nullopt;
}

std::optional<Node> ReadDocument(std::size_t file, std::string_view text, Problems& problems) {
  if (HasLineOfDots(file, text, problems)) return std::nullopt;
  const toml::parse_result result = toml::parse(text);
  if (!result) {
    problems.Add(PlaceOf(file, result.error().source()),
                 fmt::format("not TOML: {}", ParserWords(result.error().description())));
    return std::nullopt;
  }
  return Convert(file, result.table());
}

}  // namespace jobwarden
