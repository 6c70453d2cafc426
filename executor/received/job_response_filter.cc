#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "executor/received/job_response.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/base/value_length.h"

namespace jobwarden {
namespace {

// Writes a tree piece by piece, so that no second tree is in memory.
class FilteredWriter {
 public:
  FilteredWriter(const std::vector<std::string_view>& gone, std::string& out) : out_(out) {
    for (const std::string_view value : gone) {
      if (value.size() >= kMinSearchedBytes) gone_.push_back(value);
    }
  }

  void Write(const Value& value) {
    if (const Object* object = value.AsObject()) {
      WriteList('{', '}', object->members(), [this](const Member& member) {
        WriteText(member.name);
        out_ += ':';
        Write(member.value);
      });
    } else if (const Array* array = value.AsArray()) {
      WriteList('[', ']', *array, [this](const Value& item) { Write(item); });
    } else if (const std::string* text = value.AsString()) {
      WriteText(*text);
    } else {
      out_ += WriteJson(value);
    }
  }

  template <class List, class WriteItem>
  void WriteList(char open, char close, const List& list, const WriteItem& write) {
    out_ += open;
    for (const auto& item : list) {
      if (&item != &list.front()) out_ += ',';
      write(item);
    }
    out_ += close;
  }

  void WriteText(const std::string& text) {
    Secret changed;
    std::string_view stays = text;
    for (const std::string_view value : gone_) {
      if (!Contains(stays, value)) continue;
      changed = Secret(RemoveAll(stays, value));
      stays = changed.view();
    }
    // In pieces, each of whole characters: the copies that writing makes stay small.
    constexpr std::size_t kPiece = 65536;
    out_ += '"';
    while (!stays.empty()) {
      std::size_t size = std::min(kPiece, stays.size());
      while (size < stays.size() && (stays[size] & 0xC0) == 0x80) --size;
      Secret piece(WriteJson(stays.substr(0, size)));
      out_ += piece.view().substr(1, piece.size() - 2);
      stays.remove_prefix(size);
    }
    out_ += '"';
  }

 private:
  std::vector<std::string_view> gone_;
  std::string& out_;
};

bool StandsIn(const Value& tree, std::string_view value) {
  if (const std::string* text = tree.AsString()) return Contains(*text, value);
  const auto stands_in = [&](const Value& item) { return StandsIn(item, value); };
  if (const Array* array = tree.AsArray()) {
    return std::any_of(array->begin(), array->end(), stands_in);
  }
  const Object* object = tree.AsObject();
  return object != nullptr &&
         std::any_of(object->members().begin(), object->members().end(),
                     [&](const Member& member) { return stands_in(member.value); });
}

}  // namespace

Secret JobResponse::Without(const std::set<std::string>& names,
                            std::vector<std::string_view> gone) const {
  std::string out;
  std::erase(gone, job_token());
  FilteredWriter writer(gone, out);
  const auto goes = [&](const Value& variable) {
    const Value* key = variable.Find("key");
    const Value* value = variable.Find("value");
    const std::string* name = key == nullptr ? nullptr : key->AsString();
    const std::string* text = value == nullptr ? nullptr : value->AsString();
    if (name == nullptr || !names.contains(*name)) return false;
    return text == nullptr || job_token().empty() || !Contains(*text, job_token());
  };
  writer.WriteList('{', '}', response_.AsObject()->members(), [&](const Member& member) {
    writer.WriteText(member.name);
    out += ':';
    const Array* variables = member.name == "variables" ? member.value.AsArray() : nullptr;
    if (variables == nullptr) {
      writer.Write(member.value);
      return;
    }
    std::vector<const Value*> stay;
    for (const Value& variable : *variables) {
      if (!goes(variable)) stay.push_back(&variable);
    }
    writer.WriteList('[', ']', stay, [&](const Value* variable) { writer.Write(*variable); });
  });
  return Secret(std::move(out));
}

std::vector<std::string> JobResponse::LocationsOf(std::string_view value) const {
  std::vector<std::string> locations;
  for (const Member& member : response_.AsObject()->members()) {
    if (member.name == "variables") continue;
    const Object* object = member.value.AsObject();
    if (object == nullptr) {
      if (StandsIn(member.value, value)) locations.push_back(member.name);
      continue;
    }
    for (const Member& inner : object->members()) {
      if (StandsIn(inner.value, value)) locations.push_back(member.name + '.' + inner.name);
    }
  }
  return locations;
}

}  // namespace jobwarden
