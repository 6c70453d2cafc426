#include "verifier/manual/json_schema.h"

#include <fmt/format.h>

#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/value.h"
#include "verifier/config/reference.h"
#include "verifier/provider/github_events.h"

namespace jobwarden {
namespace {

constexpr const char* kCondition = "#/definitions/condition";

Object Ref(const char* name) {
  return Object{{"$ref", name}};
}

Object TextForm() {
  return Object{{"type", "string"}, {"minLength", 1}};
}

Object WordForm(const std::vector<std::string>& words) {
  Array all;
  for (const std::string& each : words) all.emplace_back(each);
  return Object{{"enum", std::move(all)}};
}

Object ListOf(Object item) {
  return Object{{"type", "array"}, {"items", std::move(item)}, {"minItems", 1}};
}

Object EitherOf(Object a, Object b) {
  return Object{{"anyOf", Array{std::move(a), std::move(b)}}};
}

Object Closed(Object properties) {
  return Object{
      {"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
}

// Text, a number or a boolean; a list of conditions; or a table of any, not, regex and exists.
Object ConditionForm() {
  const Object list = ListOf(Ref(kCondition));
  Object table = Closed(Object{{"any", list},
                               {"not", Ref(kCondition)},
                               {"regex", Object{{"type", "string"}}},
                               {"exists", Object{{"type", "boolean"}}}});
  table.Set("minProperties", 1);
  Object scalar{{"type", Array{"string", "integer", "boolean"}}};
  return Object{{"anyOf", Array{std::move(scalar), list, std::move(table)}}};
}

Object FactsForm(const KeyReference& key) {
  // A name that begins with / is a JSON pointer into the fact.
  Object names = EitherOf(WordForm(key.words), Object{{"pattern", "^/"}});
  return Object{{"type", "object"},
                {"propertyNames", std::move(names)},
                {"additionalProperties", Ref(kCondition)}};
}

Object FormOf(const KeyReference& key) {
  switch (key.form) {
    case KeyForm::kOne:
      return Object{{"const", 1}};
    case KeyForm::kText:
      return Object{{"type", "string"}};
    case KeyForm::kTexts:
      return ListOf(TextForm());
    case KeyForm::kTextsOrNone:
      return Object{{"type", "array"}, {"items", TextForm()}};
    case KeyForm::kTextOrTexts:
      return EitherOf(TextForm(), ListOf(TextForm()));
    case KeyForm::kWord:
      return WordForm(key.words);
    case KeyForm::kWords:
      return Object{{"type", "array"}, {"items", WordForm(key.words)}};
    case KeyForm::kBool:
      return Object{{"type", "boolean"}};
    case KeyForm::kBoolOrWord:
      return EitherOf(Object{{"type", "boolean"}}, WordForm(key.words));
    case KeyForm::kDuration:
      return Object{{"type", "string"}, {"pattern", "^[0-9]+[smhd]$"}};
    case KeyForm::kNumber:
      return Object{{"type", "integer"}, {"minimum", 0}};
    case KeyForm::kClaims:
      return Object{{"type", "object"}, {"additionalProperties", Ref(kCondition)}};
    case KeyForm::kFacts:
      return FactsForm(key);
    case KeyForm::kCondition:
      // An empty list permits nothing.
      return EitherOf(Ref(kCondition), Object{{"type", "array"}, {"maxItems", 0}});
    case KeyForm::kTextsByName:
      return Object{{"type", "object"},
                    {"propertyNames", Object{{"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"}}},
                    {"additionalProperties", ListOf(TextForm())}};
    case KeyForm::kWordByName:
      return Object{{"type", "object"},
                    {"propertyNames", WordForm(GitHubEventNames())},
                    {"additionalProperties", WordForm(key.words)}};
    case KeyForm::kTable:
    case KeyForm::kTables:
      break;
  }
  return Closed(Object());
}

bool IsTable(const KeyReference& key) {
  return key.form == KeyForm::kTable || key.form == KeyForm::kTables;
}

// The last name of a path, and the path before it.
std::pair<std::string, std::string> Split(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string::npos) return {path, ""};
  return {path.substr(dot + 1), path.substr(0, dot)};
}

// The table at `path` (empty: the file) with all its keys.
Object TableForm(const std::string& path) {
  Object properties;
  Array required;
  for (const KeyReference& key : ConfigReference()) {
    const auto [name, parent] = Split(key.path);
    if (parent != path) continue;
    Object form = IsTable(key) ? TableForm(key.path) : FormOf(key);
    if (key.form == KeyForm::kTables) form = ListOf(std::move(form));
    form.Set("description", key.text);
    properties.Set(name, std::move(form));
    // A file of rules.d has rules alone, so that at the top nothing is required.
    if (key.preset == "required" && !path.empty()) required.emplace_back(name);
  }
  Object table = Closed(std::move(properties));
  if (!required.empty()) table.Set("required", std::move(required));
  return table;
}

}  // namespace

std::string ConfigJsonSchema() {
  Object schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
                {"title", "jobwarden's configuration"}};
  Object file = TableForm("");
  for (Member& member : file.members()) schema.Set(member.name, std::move(member.value));
  schema.Set("definitions", Object{{"condition", ConditionForm()}});
  return WriteJson(schema);
}

}  // namespace jobwarden
