#include "verifier/config/places.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <vector>

namespace jobwarden {
namespace {

// The part of a table or list with this name or number; null if there is none.
const Node* PartOf(const Node& node, std::string_view name) {
  const auto* list = node.As<Node::List>();
  if (list == nullptr) return node.Find(name);
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
  const bool whole = error == std::errc() && end == name.data() + name.size();
  return whole && index < list->size() ? &(*list)[index] : nullptr;
}

}  // namespace

SettingPlaces::SettingPlaces(const ConfigFile& file)
    : file_(std::vector<std::string>{file.path}), document_(ReadDocument(0, file.bytes, file_)) {}

const Node* SettingPlaces::Find(std::string_view setting) const {
  const Node* found = nullptr;
  for (const Node* at = document_ ? &*document_ : nullptr; at != nullptr && !setting.empty();) {
    const std::string_view name = setting.substr(0, setting.find('.'));
    setting.remove_prefix(std::min(setting.size(), name.size() + 1));
    at = PartOf(*at, name);
    if (at != nullptr) found = at;
  }
  return found;
}

std::string SettingPlaces::Of(std::string_view setting) const {
  const Node* found = Find(setting);
  return found == nullptr ? file_.path(0) : file_.Text(found->place);
}

Place SettingPlaces::At(std::string_view setting) const {
  const Node* found = Find(setting);
  return found == nullptr ? Place() : found->place;
}

}  // namespace jobwarden
