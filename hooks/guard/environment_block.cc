#include "hooks/guard/environment_block.h"

#include <algorithm>

namespace jobwarden {
namespace {

bool IsOf(std::string_view name, const char* entry) {
  const std::string_view text = entry == nullptr ? "" : entry;
  return text.size() > name.size() && text[name.size()] == '=' && text.starts_with(name);
}

}  // namespace

EnvironmentBlock::EnvironmentBlock(char** entries) {
  for (; *entries != nullptr; ++entries) entries_.push_back(*entries);
  entries_.push_back(nullptr);
}

std::string_view EnvironmentBlock::Get(std::string_view name) const {
  for (const char* entry : entries_) {
    if (IsOf(name, entry)) return entry + name.size() + 1;
  }
  return "";
}

bool EnvironmentBlock::Has(std::string_view name) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const char* entry) { return IsOf(name, entry); });
}

void EnvironmentBlock::Drop(std::string_view name) {
  std::erase_if(entries_, [&](const char* entry) { return IsOf(name, entry); });
}

std::vector<std::string> EnvironmentBlock::DropHolding(std::string_view text) {
  std::vector<std::string> dropped;
  std::erase_if(entries_, [&](const char* entry) {
    const std::string_view all = entry == nullptr ? "" : entry;
    const std::size_t equals = std::min(all.find('='), all.size());
    if (all.substr(equals).find(text) == all.npos || all.substr(0, equals) == "PATH") return false;
    dropped.emplace_back(all.substr(0, equals));
    return true;
  });
  return dropped;
}

void EnvironmentBlock::Set(std::string_view name, std::string_view value) {
  Drop(name);
  std::string& entry = changed_.emplace_back(std::string(name).append("=").append(value));
  entries_.insert(entries_.end() - 1, entry.data());
}

void EnvironmentBlock::Replace(std::string_view name, const std::string& value) {
  for (char*& entry : entries_) {
    if (!IsOf(name, entry)) continue;
    entry = changed_.emplace_back(std::string(name).append("=").append(value)).data();
  }
}

}  // namespace jobwarden
