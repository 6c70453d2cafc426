#include "verifier/base/value.h"

#include <algorithm>

#include "verifier/base/secret.h"

namespace jobwarden {

Object::Object() = default;
Object::Object(std::initializer_list<Member> members) : members_(members) {}
Object::Object(const Object&) = default;
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(const Object&) = default;
Object& Object::operator=(Object&&) noexcept = default;
Object::~Object() = default;

const Value* Object::Find(std::string_view name) const {
  const auto member = std::find_if(members_.begin(), members_.end(),
                                   [name](const Member& each) { return each.name == name; });
  return member == members_.end() ? nullptr : &member->value;
}

Value* Object::Find(std::string_view name) {
  return const_cast<Value*>(std::as_const(*this).Find(name));
}

const std::string* Object::FindString(std::string_view name) const {
  const Value* value = Find(name);
  return value == nullptr ? nullptr : value->AsString();
}

void Object::Set(std::string_view name, Value value) {
  if (Value* present = Find(name)) {
    *present = std::move(value);
  } else {
    members_.push_back({std::string(name), std::move(value)});
  }
}

std::optional<bool> Value::AsBool() const {
  const bool* boolean = std::get_if<bool>(&content_);
  return boolean == nullptr ? std::nullopt : std::optional(*boolean);
}

std::optional<std::int64_t> Value::AsInteger() const {
  const auto* integer = std::get_if<std::int64_t>(&content_);
  return integer == nullptr ? std::nullopt : std::optional(*integer);
}

std::optional<double> Value::AsReal() const {
  const double* real = std::get_if<double>(&content_);
  return real == nullptr ? std::nullopt : std::optional(*real);
}

const Value* Value::Find(std::string_view name) const {
  const Object* object = AsObject();
  return object == nullptr ? nullptr : object->Find(name);
}

std::string_view Value::TypeName() const {
  constexpr std::string_view kNames[] = {"null",   "boolean", "number", "number",
                                         "string", "array",   "object"};
  return kNames[content_.index()];
}

bool operator==(const Value& a, const Value& b) {
  if (a.content_.index() != b.content_.index()) return false;
  if (const Object* object = a.AsObject()) return object->members() == b.AsObject()->members();
  if (const Array* array = a.AsArray()) return *array == *b.AsArray();
  if (const std::string* text = a.AsString()) return *text == *b.AsString();
  return a.AsBool() == b.AsBool() && a.AsInteger() == b.AsInteger() && a.AsReal() == b.AsReal();
}

void Wipe(Value& value) {
  if (std::string* text = value.AsString()) Wipe(*text);
  if (Array* array = value.AsArray()) {
    for (Value& item : *array) Wipe(item);
  }
  if (Object* object = value.AsObject()) {
    for (Member& member : object->members()) Wipe(member.value);
  }
  value = Value();
}

}  // namespace jobwarden
