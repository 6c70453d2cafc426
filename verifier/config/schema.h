#ifndef JOBWARDEN_VERIFIER_CONFIG_SCHEMA_H_
#define JOBWARDEN_VERIFIER_CONFIG_SCHEMA_H_

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/config/document.h"
#include "verifier/config/url.h"

namespace jobwarden {

/// `30s`, `5m`, `24h`, `7d`: what DurationText writes. Nothing for any other text.
std::optional<std::chrono::seconds> ParseDuration(std::string_view text);

/// The value of a key of the configuration, on its way into a setting.
struct Field {
  Problems& problems;
  std::string name;  ///< in messages: `issuer.keys.url`
  const Node& node;

  /// `FILE:LINE:COLUMN: NAME: message`.
  void Fail(std::string_view message, std::string hint = "") const;
  void FailKind(std::string_view expected, std::string hint = "") const;

  // Each returns the value; or nothing, and adds a problem.
  const std::string* Text() const;
  const std::string* Line() const;  ///< text without control characters
  const std::string* AbsolutePath() const;
  std::optional<bool> Bool() const;
  /// `"30s"`, `"5m"`, `"24h"`, `"7d"`.
  std::optional<std::chrono::seconds> Duration(std::chrono::seconds least,
                                               std::chrono::seconds most) const;
  /// A list of strings that are not empty; with `or_one` also one such string.
  std::optional<std::vector<std::string>> Texts(bool or_one) const;
};

/// A key of a table. `required` is an example of a key that must be there.
template <class Target>
struct Key {
  std::string_view name;
  void (*read)(const Field&, Target&);
  std::string_view required{};
};

/// A word that a key may have as its value.
template <class Value>
struct Choice {
  std::string_view word;
  Value value;
};

namespace schema {

void RefuseUnknown(Problems& problems, const Entry& entry, std::string_view heading,
                   const std::vector<std::string>& known);
void RefuseMissing(Problems& problems, const Node& table, std::string_view key,
                   std::string_view heading, std::string_view example);
void RefuseChoice(const Field& field, std::string_view word, const std::vector<std::string>& known);

}  // namespace schema

/// Reads a table by its schema. `heading` is the table's name in messages (`[[issuer]]`; empty at
/// the top of a file), `prefix` is put before the names of its keys (`issuer.`).
template <class Target, std::size_t kCount>
void ReadTable(const Field& table, std::string_view heading, std::string_view prefix,
               const Key<Target> (&keys)[kCount], Target& target) {
  const auto* entries = table.node.As<Node::Table>();
  if (entries == nullptr) return table.FailKind("a table");
  for (const Entry& entry : *entries) {
    const auto* key = std::find_if(std::begin(keys), std::end(keys),
                                   [&](const auto& each) { return each.name == entry.key; });
    if (key == std::end(keys)) {
      std::vector<std::string> known;
      for (const auto& each : keys) known.emplace_back(each.name);
      schema::RefuseUnknown(table.problems, entry, heading, known);
    } else {
      key->read({table.problems, std::string(prefix) + entry.key, entry.value}, target);
    }
  }
  for (const auto& key : keys) {
    if (!key.required.empty() && table.node.Find(key.name) == nullptr) {
      schema::RefuseMissing(table.problems, table.node, key.name, heading, key.required);
    }
  }
}

/// The value for the field's word.
template <class Value, std::size_t kCount>
std::optional<Value> ReadChoice(const Field& field, const Choice<Value> (&choices)[kCount]) {
  const std::string* word = field.Text();
  if (word == nullptr) return std::nullopt;
  std::vector<std::string> known;
  for (const auto& choice : choices) {
    if (choice.word == *word) return choice.value;
    known.emplace_back(choice.word);
  }
  schema::RefuseChoice(field, *word, known);
  return std::nullopt;
}

/// Paths of keys: `issuer.keys.url`.
using KeyPaths = std::vector<std::string>;

/// Adds the paths of the keys that a table may have.
template <class Target, std::size_t kCount>
void ListKeys(std::string_view prefix, const Key<Target> (&keys)[kCount], KeyPaths& paths) {
  for (const auto& key : keys) {
    paths.push_back(std::string(prefix) + std::string(key.name));
  }
}

// Setters: each reads a field into one member of its target.

template <auto kMember, class Target>
void SetLine(const Field& field, Target& target) {
  if (const auto* text = field.Line()) target.*kMember = *text;
}

template <auto kMember, class Target>
void SetPath(const Field& field, Target& target) {
  if (const auto* path = field.AbsolutePath()) target.*kMember = *path;
}

template <auto kMember, UrlUse kUse, class Target>
void SetUrl(const Field& field, Target& target) {
  const std::string* text = field.Text();
  if (text == nullptr) return;
  if (const auto problem = UrlProblem(*text, kUse); !problem.empty()) return field.Fail(problem);
  target.*kMember = *text;
}

template <auto kMember, class Target>
void SetBool(const Field& field, Target& target) {
  if (const auto boolean = field.Bool()) target.*kMember = *boolean;
}

template <auto kMember, std::int64_t kLeast, std::int64_t kMost, class Target>
void SetDuration(const Field& field, Target& target) {
  const auto duration = field.Duration(std::chrono::seconds(kLeast), std::chrono::seconds(kMost));
  if (duration) target.*kMember = *duration;
}

template <auto kMember, const auto& kChoices, class Target>
void SetChoice(const Field& field, Target& target) {
  if (const auto value = ReadChoice(field, kChoices)) target.*kMember = *value;
}

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CONFIG_SCHEMA_H_
