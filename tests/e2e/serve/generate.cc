#include "tests/e2e/serve/generate.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>

#include "tests/e2e/serve/schema.h"

namespace jobwarden::testing {
namespace {

using nlohmann::json;
using Emit = std::function<void(json)>;

json Nested(int depth) {
  json value = 1;
  for (int i = 0; i < depth; ++i) value = i % 2 == 0 ? json{value} : json{{"a", value}};
  return value;
}

const std::vector<json>& StrangeValues() {
  static const std::vector<json> values = {
      nullptr,
      true,
      0,
      -1,
      std::numeric_limits<std::int64_t>::max(),
      std::numeric_limits<std::uint64_t>::max(),
      1.5,
      1e308,
      "",
      " ",
      "x",
      std::string("a\0b", 3),
      "\r\nSet-Cookie: a=b",
      "\u00e9\U0001F600\u202e\ufeff",
      "..%2f../etc/passwd'\"<script>",
      std::string(70'000, 'x'),
      "eyJhbGciOiJub25lIn0.e30.",
      json::array(),
      json::array({nullptr}),
      json::array({"x", 1}),
      json(std::vector<int>(5'000, 1)),
      json::object(),
      json{{"a", "b"}},
      json{{"$ref", "#"}},
      Nested(15),
      Nested(40),
  };
  return values;
}

void Bounds(const json& schema, const Emit& emit) {
  const json choices = schema.value("enum", json::array());
  for (const json& each : choices) {
    emit(each);
    if (each.is_string()) emit(each.get<std::string>() + " ");
  }
  for (const char* bound : {"minimum", "maximum"}) {
    for (const int offset : {-1, 0, 1}) {
      if (schema.contains(bound)) emit(schema[bound].get<int>() + offset);
    }
  }
  if (schema.contains("minLength")) {
    const auto least = schema["minLength"].get<std::size_t>();
    for (const std::size_t size : {least - 1, least, least + 1}) emit(std::string(size, 's'));
  }
}

// The schema, or of several alternatives the first: the one that says most.
const json& MainOf(const json& given, const json& document) {
  const json& schema = Resolve(given, document);
  return schema.contains("properties") || !schema.contains("oneOf")
             ? schema
             : Resolve(schema["oneOf"][0], document);
}

void Around(const json& given, const json& document, const json& good, const Emit& emit) {
  const json& schema = MainOf(given, document);
  for (const json& strange : StrangeValues()) emit(strange);
  Bounds(schema, emit);
  const json properties = schema.value("properties", json::object());
  for (const auto& [name, of_member] : properties.items()) {
    json without = good;
    without.erase(name);
    emit(without);
    Around(of_member, document, good.contains(name) ? good[name] : json(nullptr),
           [&, member = name](json value) {
             json changed = good;
             changed[member] = std::move(value);
             emit(std::move(changed));
           });
  }
  if (good.is_object()) {
    for (const std::string name : {"", "tokne", "__proto__", "TOKEN", "\u00e9", "a\nb"}) {
      json more = good;
      more[name] = "x";
      emit(std::move(more));
    }
    json many = good;
    for (int i = 0; i < 1'000; ++i) many["x" + std::to_string(i)] = i;
    emit(std::move(many));
  }
  if (schema.contains("items") && good.is_array() && !good.empty()) {
    Around(schema["items"], document, good[0], [&](json item) {
      json changed = good;
      changed[0] = std::move(item);
      emit(std::move(changed));
    });
    emit(json(std::vector<json>(1'000, good[0])));
  }
}

}  // namespace

std::vector<json> ValuesAround(const json& schema, const json& document, const json& good) {
  std::vector<json> all;
  Around(schema, document, good, [&](json value) { all.push_back(std::move(value)); });
  return all;
}

std::vector<json> MixedValues(const json& schema, const json& document, const json& good,
                              unsigned seed, int many) {
  std::mt19937 random(seed);
  std::vector<std::pair<std::string, std::vector<json>>> members;
  const json properties = Resolve(schema, document).value("properties", json::object());
  for (const auto& [name, of_member] : properties.items()) {
    members.emplace_back(name, ValuesAround(of_member, document, good.value(name, json(nullptr))));
  }
  std::vector<json> all;
  for (int i = 0; i < many; ++i) {
    json value = good;
    for (const auto& [name, values] : members) {
      if (random() % 3 == 0) value[name] = values[random() % values.size()];
      if (random() % 8 == 0) value.erase(name);
    }
    all.push_back(std::move(value));
  }
  return all;
}

}  // namespace jobwarden::testing
