#include "verifier/base/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "verifier/base/text.h"

namespace jobwarden {
namespace {

using Json = nlohmann::ordered_json;

// Builds a Value from nlohmann's events and stops at the first thing that strictness forbids.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const JsonLimits& limits) : limits_(limits) { open_.reserve(8); }

  Value Take() { return std::move(root_); }
  const std::string& error() const { return error_; }

  bool null() override { return Add(Value()); }
  bool boolean(bool boolean) override { return Add(boolean); }
  bool number_integer(number_integer_t number) override { return Add(std::int64_t{number}); }
  bool number_unsigned(number_unsigned_t number) override {
    if (number > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return Fail("an integer does not fit 64 bits");
    }
    return Add(static_cast<std::int64_t>(number));
  }
  bool number_float(number_float_t number, const string_t& text) override {
    // nlohmann reads integers beyond 64 bits as floating-point numbers.
    if (text.find_first_of(".eE") == string_t::npos) {
      return Fail("an integer does not fit 64 bits");
    }
    return Add(number);
  }
  bool string(string_t& text) override { return Add(std::move(text)); }
  bool binary(binary_t& /*bytes*/) override { return Fail("binary value"); }
  bool start_object(std::size_t /*size*/) override { return Open(Object()); }
  bool start_array(std::size_t /*size*/) override { return Open(Array()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    Object& object = *open_.back()->AsObject();
    if (HasName(object, name)) return Fail("duplicate name " + Quote(name));
    if (object.members().empty()) object.members().reserve(4);
    object.members().push_back({std::move(name), Value()});
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return Fail(fmt::format("not valid JSON at byte {}", position));
  }

 private:
  bool Fail(std::string error) {
    if (error_.empty()) error_ = std::move(error);
    return false;
  }

  // A linear look is fastest for the few names that honest objects have. An object with very many
  // would make it quadratic, so those are looked up in a sorted list of hashes.
  bool HasName(const Object& object, const std::string& name) {
    constexpr std::size_t kMany = 128;
    if (object.members().size() < kMany) {
      for (const Member& member : object.members()) {
        if (member.name == name) return true;
      }
      return false;
    }
    auto& seen = names_[&object];
    if (seen.empty()) {
      for (const Member& member : object.members()) seen.insert(member.name);
    }
    return !seen.insert(name).second;
  }

  Value* Place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (Array* array = open_.back()->AsArray()) return &array->emplace_back(std::move(value));
    Value& place = open_.back()->AsObject()->members().back().value;
    place = std::move(value);
    return &place;
  }

  bool Count() {
    return ++values_ <= limits_.max_values ||
           Fail(fmt::format("more than {} values", limits_.max_values));
  }

  bool Add(Value value) {
    if (!Count()) return false;
    Place(std::move(value));
    return true;
  }

  bool Open(Value value) {
    if (!Count()) return false;
    if (open_.size() == limits_.max_depth) {
      return Fail(fmt::format("nested deeper than {}", limits_.max_depth));
    }
    open_.push_back(Place(std::move(value)));
    return true;
  }

  bool Close() {
    if (const Object* object = open_.back()->AsObject()) names_.erase(object);
    open_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  Value root_;
  std::vector<Value*> open_;  // stable: nothing is added beside an open value until it closes
  std::map<const Object*, std::set<std::string>> names_;
  std::size_t values_ = 0;
  std::string error_;
};

Json ToJson(const Value& value) {
  if (const auto boolean = value.AsBool()) return *boolean;
  if (const auto integer = value.AsInteger()) return *integer;
  if (const auto real = value.AsReal()) return *real;
  if (const std::string* text = value.AsString()) return *text;
  if (const Array* array = value.AsArray()) {
    Json json = Json::array();
    for (const Value& item : *array) json.push_back(ToJson(item));
    return json;
  }
  if (const Object* object = value.AsObject()) {
    Json json = Json::object();
    auto& members = json.get_ref<Json::object_t&>();
    for (const Member& member : object->members()) {
      members.emplace_back(member.name, ToJson(member.value));  // names are unique: see Object
    }
    return json;
  }
  return nullptr;
}

}  // namespace

Result<Value> ParseJson(std::string_view text, const JsonLimits& limits, Code code,
                        std::string_view what) {
  const auto refuse = [&](std::string_view why) {
    return Finding{code, fmt::format("{}: {}", what, why), "", {}, false};
  };
  if (text.size() > limits.max_bytes) {
    return refuse(fmt::format("{} bytes, the limit is {}", text.size(), limits.max_bytes));
  }
  if (text.starts_with("\xEF\xBB\xBF")) return refuse("byte order mark");
  Builder builder(limits);
  if (!Json::sax_parse(text.data(), text.data() + text.size(), &builder)) {
    return refuse(builder.error());
  }
  return builder.Take();
}

std::string WriteJson(const Value& value) {
  return ToJson(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string BriefJson(const Value* value) {
  constexpr std::size_t kMostElements = 8;
  if (value == nullptr) return "null";
  if (const std::string* text = value->AsString()) return Quote(*text);
  if (value->AsObject() != nullptr) return Quote(WriteJson(*value));
  const Array* array = value->AsArray();
  if (array == nullptr) return WriteJson(*value);
  std::vector<std::string> shown;
  for (const Value& item : *array) {
    if (shown.size() == kMostElements) {
      shown.emplace_back("\"…\"");
      break;
    }
    shown.push_back(item.AsArray() == nullptr ? BriefJson(&item) : Quote(WriteJson(item)));
  }
  return fmt::format("[{}]", fmt::join(shown, ","));
}

}  // namespace jobwarden
