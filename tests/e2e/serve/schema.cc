#include "tests/e2e/serve/schema.h"

#include <algorithm>
#include <regex>

namespace jobwarden::testing {
namespace {

using nlohmann::json;

bool HasType(const json& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  return type == value.type_name();
}

bool HasOneOf(const json& value, const json& types) {
  if (types.is_string()) return HasType(value, types);
  return std::any_of(types.begin(), types.end(),
                     [&](const json& type) { return HasType(value, type); });
}

}  // namespace

const json& Resolve(const json& part, const json& document) {
  if (!part.is_object() || !part.contains("$ref")) return part;
  return document.at(json::json_pointer(part["$ref"].get<std::string>().substr(1)));
}

std::string SchemaFault(const json& value, const json& raw, const json& document) {
  const json& schema = Resolve(raw, document);
  for (const auto& [keyword, rule] : schema.items()) {
    if (keyword == "description") continue;
    if (keyword == "type") {
      if (!HasOneOf(value, rule)) return value.dump() + " is not of type " + rule.dump();
    } else if (keyword == "const") {
      if (value != rule) return value.dump() + " is not " + rule.dump();
    } else if (keyword == "enum") {
      if (std::find(rule.begin(), rule.end(), value) == rule.end()) {
        return value.dump() + " is not one of " + rule.dump();
      }
    } else if (keyword == "pattern") {
      if (!std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()))) {
        return value.dump() + " does not match " + rule.dump();
      }
    } else if (keyword == "required") {
      for (const auto& name : rule) {
        if (!value.contains(name.get<std::string>())) return "no " + name.dump();
      }
    } else if (keyword == "additionalProperties") {
      for (const auto& [name, member] : value.items()) {
        if (!schema.value("properties", json::object()).contains(name)) return "extra " + name;
      }
    } else if (keyword == "properties") {
      for (const auto& [name, member] : rule.items()) {
        if (!value.is_object() || !value.contains(name)) continue;
        const std::string fault = SchemaFault(value[name], member, document);
        if (!fault.empty()) return name + ": " + fault;
      }
    } else if (keyword == "items") {
      if (!value.is_array()) continue;
      for (const auto& item : value) {
        const std::string fault = SchemaFault(item, rule, document);
        if (!fault.empty()) return "[]: " + fault;
      }
    } else if (keyword == "oneOf") {
      const auto fitting = std::count_if(rule.begin(), rule.end(), [&](const json& each) {
        return SchemaFault(value, each, document).empty();
      });
      if (fitting != 1) return std::to_string(fitting) + " of oneOf fit";
    } else if (keyword == "minItems") {
      if (value.is_array() && value.size() < rule) return "too few items";
    } else if (keyword == "minLength") {
      if (value.is_string() && value.get<std::string>().size() < rule) return "too short";
    } else if (keyword == "minimum") {
      if (value.is_number() && value < rule) return "too small";
    } else if (keyword == "maximum") {
      if (value.is_number() && value > rule) return "too large";
    } else {
      return "a keyword that is not known: " + keyword;
    }
  }
  return "";
}

}  // namespace jobwarden::testing
