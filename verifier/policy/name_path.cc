#include "verifier/policy/name_path.h"

#include <cstddef>
#include <utility>

namespace jobwarden {
namespace {

// RFC 6901 §4: `~1` is `/`, and `~0` is `~`.
std::string Unescape(std::string_view token) {
  std::string name;
  for (std::size_t i = 0; i < token.size(); ++i) {
    name += token[i];
    if (token[i] == '~' && i + 1 < token.size() && token[++i] == '1') name.back() = '/';
  }
  return name;
}

// The part of `value` that a path's name leads to; of an array the element.
Value* Inside(Value& value, const std::string& name) {
  if (Object* object = value.AsObject()) {
    if (object->Find(name) == nullptr) object->Set(name, Object());
    return object->Find(name);
  }
  Array* array = value.AsArray();
  for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
    if (std::to_string(i) == name) return &(*array)[i];
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> PathOf(std::string_view name) {
  if (!name.starts_with('/')) return {std::string(name)};
  std::vector<std::string> path;
  while (!name.empty()) {
    name.remove_prefix(1);
    const std::string_view token = name.substr(0, name.find('/'));
    path.push_back(Unescape(token));
    name.remove_prefix(token.size());
  }
  return path;
}

void SetAt(Object& object, const std::vector<std::string>& path, Value value) {
  if (path.size() == 1) return object.Set(path.front(), std::move(value));
  if (object.Find(path.front()) == nullptr) object.Set(path.front(), Object());
  Value* at = object.Find(path.front());
  for (std::size_t i = 1; at != nullptr && i < path.size(); ++i) at = Inside(*at, path[i]);
  if (at != nullptr) *at = std::move(value);
}

}  // namespace jobwarden
