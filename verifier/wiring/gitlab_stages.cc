#include "verifier/wiring/gitlab_stages.h"

#include <algorithm>
#include <string_view>

#include "verifier/base/text.h"
#include "verifier/config/config.h"

namespace jobwarden {
namespace {

bool SameButForCase(std::string_view one, std::string_view other) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return one != other && std::equal(one.begin(), one.end(), other.begin(), other.end(),
                                    [&](char a, char b) { return small(a) == small(b); });
}

void AddOddKeys(const Node* table, const std::vector<std::string>& names,
                std::vector<OddKey>& odd) {
  const auto* entries = table == nullptr ? nullptr : table->As<Node::Table>();
  if (entries == nullptr) return;
  for (const Entry& entry : *entries) {
    for (const std::string& name : names) {
      if (SameButForCase(entry.key, name)) odd.push_back({entry.key, name, entry.place});
    }
  }
}

}  // namespace

std::optional<DriverCall> DriverCallOf(const Node* custom, const std::string& stage) {
  const Node* exec = custom == nullptr ? nullptr : custom->Find(stage + "_exec");
  const Node* args = custom == nullptr ? nullptr : custom->Find(stage + "_args");
  const auto* program = exec == nullptr ? nullptr : exec->As<std::string>();
  const auto* words = args == nullptr ? nullptr : args->As<Node::List>();
  if (program == nullptr || words == nullptr) return std::nullopt;
  DriverCall call{*program, std::string(kDefaultConfigPath)};
  bool asks = false;
  for (auto word = words->begin(); word != words->end(); ++word) {
    const auto* text = word->As<std::string>();
    if (text == nullptr) return std::nullopt;
    std::string_view rest = *text;
    if (rest == "--config") {
      if (++word == words->end() || word->As<std::string>() == nullptr) return std::nullopt;
      call.config = *word->As<std::string>();
    } else if (TakePrefix(rest, "--config=")) {
      call.config = rest;
    } else if (rest != stage || asks) {
      return std::nullopt;
    } else {
      asks = true;
    }
  }
  return asks ? std::optional(std::move(call)) : std::nullopt;
}

std::vector<OddKey> OddKeys(const Node& document) {
  std::vector<OddKey> odd;
  AddOddKeys(&document, {"runners"}, odd);
  std::vector<std::string> of_stages;
  for (const std::string stage : kDriverStages) {
    of_stages.push_back(stage + "_exec");
    of_stages.push_back(stage + "_args");
  }
  const Node* runners = document.Find("runners");
  const auto* list = runners == nullptr ? nullptr : runners->As<Node::List>();
  if (list == nullptr) return odd;
  for (const Node& runner : *list) {
    AddOddKeys(&runner, {"executor", "custom"}, odd);
    AddOddKeys(runner.Find("custom"), of_stages, odd);
  }
  return odd;
}

}  // namespace jobwarden
