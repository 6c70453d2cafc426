#include "verifier/service/body.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/service/json_answer.h"

namespace jobwarden {
namespace {

constexpr JsonLimits kLimits{.max_bytes = 262'144, .max_depth = 16, .max_values = 16'384};
// A body may be wrong in thousands of places. Nobody needs to hear of all.
constexpr std::size_t kMaxDetails = 16;

}  // namespace

Body::Body(std::string_view bytes) {
  auto parsed = ParseJson(bytes, kLimits, Code::kConfigInvalid, "body");
  if (!parsed) {
    Fail("", "json_invalid", parsed.findings().front().message);
  } else if (parsed->AsObject() == nullptr) {
    Fail("", "model_attributes_type", "Input should be a valid dictionary or object");
  } else {
    root_ = *std::move(parsed);
  }
}

Body::~Body() {
  Wipe(root_);
}

Value* Body::Current() {
  Value* at = &root_;
  for (const std::string& name : path_) {
    Object* object = at == nullptr ? nullptr : at->AsObject();
    at = object == nullptr ? nullptr : object->Find(name);
  }
  return at;
}

void Body::Fail(std::string_view name, std::string_view type, std::string_view message) {
  Array where{"body"};
  std::string shown = "body";
  for (const std::string& each : path_) {
    where.emplace_back(each);
    shown += "." + each;
  }
  if (!name.empty()) {
    // A stranger chose the name of what is not expected.
    std::string safe = Quote(name);
    safe = safe.substr(1, safe.size() - 2);
    shown += "." + safe;
    where.emplace_back(std::move(safe));
  }
  if (first_.empty()) first_ = fmt::format("{}: {}", shown, message);
  if (details_.size() == kMaxDetails) return;
  details_.emplace_back(Object{{"loc", std::move(where)}, {"msg", message}, {"type", type}});
}

const Value* Body::Find(std::string_view name, Need need) {
  asked_[path_].emplace_back(name);
  const Value* current = Current();
  const Value* found = current == nullptr ? nullptr : current->Find(name);
  if (found != nullptr && found->IsNull() && need == Need::kOptional) found = nullptr;
  if (found == nullptr && need == Need::kRequired && current != nullptr && !root_.IsNull()) {
    Fail(name, "missing", "Field required");
  }
  return found;
}

const Value* Body::Any(std::string_view name) {
  return Find(name, Need::kOptional);
}

const std::string* Body::Text(std::string_view name, Need need) {
  const Value* found = Find(name, need);
  if (found == nullptr) return nullptr;
  if (found->AsString() == nullptr) Fail(name, "string_type", "Input should be a valid string");
  return found->AsString();
}

Secret Body::TakeSecret(std::string_view name, Need need) {
  if (Text(name, need) == nullptr) return {};
  return Secret(std::move(*Current()->AsObject()->Find(name)->AsString()));
}

std::vector<std::string> Body::Texts(std::string_view name, Need need) {
  std::vector<std::string> texts;
  const Value* found = Find(name, need);
  if (found == nullptr) return texts;
  const Array* items = found->AsArray();
  if (items == nullptr) {
    Fail(name, "list_type", "Input should be a valid list");
    return texts;
  }
  for (const Value& item : *items) {
    if (item.AsString() == nullptr) {
      Fail(name, "string_type", "Input should be a list of valid strings");
      return {};
    }
    texts.push_back(*item.AsString());
  }
  if (need == Need::kRequired && texts.empty()) {
    Fail(name, "too_short", "List should have at least 1 item");
  }
  return texts;
}

std::optional<std::int64_t> Body::Integer(std::string_view name, std::int64_t least,
                                          std::int64_t most) {
  const Value* found = Find(name, Need::kOptional);
  if (found == nullptr) return std::nullopt;
  const auto number = found->AsInteger();
  if (!number || *number < least || *number > most) {
    Fail(name, "int_type",
         fmt::format("Input should be a whole number from {} to {}", least, most));
    return std::nullopt;
  }
  return number;
}

bool Body::Enter(std::string_view name) {
  const Value* found = Find(name, Need::kOptional);
  if (found == nullptr) return false;
  if (found->AsObject() == nullptr) {
    Fail(name, "model_attributes_type", "Input should be a valid dictionary or object");
    return false;
  }
  path_.emplace_back(name);
  return true;
}

void Body::Leave() {
  path_.pop_back();
}

void Body::RefuseOthers() {
  const Value* current = Current();
  const Object* object = current == nullptr ? nullptr : current->AsObject();
  if (object == nullptr) return;
  const std::vector<std::string>& asked = asked_[path_];
  for (const Member& member : object->members()) {
    if (std::find(asked.begin(), asked.end(), member.name) != asked.end()) continue;
    if (details_.size() == kMaxDetails) return;
    const std::string near = NearestWord(member.name, asked);
    Fail(member.name, "extra_forbidden",
         near.empty() ? "Extra inputs are not permitted"
                      : fmt::format("Extra inputs are not permitted; did you mean {}?", near));
  }
}

HttpResponse Body::Refusal() const {
  HttpResponse answer = JsonAnswer(
      422, Object{{"detail", details_},
                  {"error", Object{{"code", "BODY_INVALID"},
                                   {"message", first_},
                                   {"hint", "GET /openapi.json says what each request takes"}}}});
  answer.outcome = "BODY_INVALID";
  return answer;
}

}  // namespace jobwarden
