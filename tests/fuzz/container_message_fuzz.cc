// Without the variables a message is the same document but for these, which are gone.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "hooks/github/container_message.h"
#include "hooks/step/words.h"
#include "verifier/base/json.h"

using namespace jobwarden;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

Value Tree(const Secret& text) {
  auto tree = ParseJson(text.view(), {.max_bytes = kMaxContainerMessageBytes, .max_depth = 64},
                        Code::kJobUnreadable, "");
  Require(static_cast<bool>(tree));
  return *std::move(tree);
}

void Drop(Value* holder) {
  Object* object = holder == nullptr ? nullptr : holder->AsObject();
  Value* held = object == nullptr ? nullptr : object->Find("environmentVariables");
  Object* variables = held == nullptr ? nullptr : held->AsObject();
  if (variables == nullptr) return;
  std::erase_if(variables->members(), [](const Member& member) {
    return member.name == kRequestVariables[0] || member.name == kRequestVariables[1];
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Secret text(std::string(reinterpret_cast<const char*>(data), size));
  const auto message = ContainerMessage::Parse(text.Clone());
  if (!message) return 0;
  Require(!message->command().empty());
  const Secret without = message->WithoutRequestVariables();
  Value expected = Tree(text);
  Value* args = expected.AsObject()->Find("args");
  if (args != nullptr && args->AsObject() != nullptr) {
    Drop(args);
    Drop(args->AsObject()->Find("container"));
    Drop(args->AsObject()->Find("jobContainer"));
    Value* services = args->AsObject()->Find("services");
    if (services != nullptr && services->AsArray() != nullptr) {
      for (Value& service : *services->AsArray()) Drop(&service);
    }
  }
  Require(Tree(without) == expected);
  for (const std::string_view name : kRequestVariables) {
    const auto again = ContainerMessage::Parse(without.Clone());
    Require(again && again->Variable(name).empty());
  }
  return 0;
}
