#include "hooks/github/container_message.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "hooks/step/words.h"
#include "verifier/base/finding.h"
#include "verifier/base/json.h"

namespace jobwarden {
namespace {

constexpr std::string_view kWhat = "container hook's message";
constexpr std::string_view kVariables = "environmentVariables";
constexpr std::string_view kServices = "services";
constexpr std::string_view kContainers[] = {"container", "jobContainer"};
constexpr std::string_view kBlanks = " \t\r\n";

Finding Unreadable(const std::string& why) {
  return {Code::kJobUnreadable, std::string(kWhat) + ": " + why,
          "is this called as ACTIONS_RUNNER_CONTAINER_HOOKS by GitHub's runner?"};
}

bool IsAbsent(const Value* value) {
  return value == nullptr || value->IsNull();
}

const Value* Find(const Value* holder, std::string_view name) {
  return holder == nullptr ? nullptr : holder->Find(name);
}

std::string_view TextOf(const Value* value) {
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  return text == nullptr ? std::string_view() : *text;
}

Status CheckVariables(const Value& holder, const std::string& name) {
  const Value* variables = holder.Find(kVariables);
  if (IsAbsent(variables) || variables->AsObject() != nullptr) return Ok();
  return Unreadable(name + "." + std::string(kVariables) + ": expected an object, got " +
                    std::string(variables->TypeName()));
}

// Checks the member of a container, which may be absent.
Status CheckContainer(const Value* container, const std::string& name) {
  if (IsAbsent(container)) return Ok();
  if (container->AsObject() != nullptr) return CheckVariables(*container, name);
  return Unreadable(name + ": expected an object, got " + std::string(container->TypeName()));
}

Status CheckArguments(const Value& args) {
  if (auto checked = CheckVariables(args, "args"); !checked) return checked;
  for (const std::string_view name : kContainers) {
    if (auto checked = CheckContainer(args.Find(name), "args." + std::string(name)); !checked) {
      return checked;
    }
  }
  const Value* services = args.Find(kServices);
  if (IsAbsent(services)) return Ok();
  if (services->AsArray() == nullptr) {
    return Unreadable("args.services: expected an array, got " + std::string(services->TypeName()));
  }
  for (const Value& service : *services->AsArray()) {
    if (auto checked = CheckContainer(&service, "args.services[]"); !checked) return checked;
  }
  return Ok();
}

// A walk through the text of a document that ParseJson has accepted. Every offset is that of a
// value.
class Text {
 public:
  struct Member {
    std::string name;
    std::size_t begin;  // of the name
    std::size_t value;
    std::size_t end;
  };

  explicit Text(std::string_view text) : text_(text) {}

  std::size_t top() const { return Skip(0); }
  bool IsObject(std::size_t at) const { return text_[at] == '{'; }
  bool IsArray(std::size_t at) const { return text_[at] == '['; }

  std::vector<Member> Members(std::size_t object) const {
    std::vector<Member> members;
    for (std::size_t at = Skip(object + 1); text_[at] != '}'; at = Next(at)) {
      Member member;
      member.begin = at;
      at = End(at);
      member.name = Decoded(text_.substr(member.begin, at - member.begin));
      member.value = Skip(Skip(at) + 1);
      member.end = End(member.value);
      at = member.end;
      members.push_back(std::move(member));
    }
    return members;
  }

  std::vector<std::size_t> Items(std::size_t array) const {
    std::vector<std::size_t> items;
    for (std::size_t at = Skip(array + 1); text_[at] != ']'; at = Next(End(at))) {
      items.push_back(at);
    }
    return items;
  }

 private:
  std::size_t Skip(std::size_t at) const { return text_.find_first_not_of(kBlanks, at); }

  // The next element after a value, or the closing bracket.
  std::size_t Next(std::size_t at) const {
    at = Skip(at);
    return text_[at] == ',' ? Skip(at + 1) : at;
  }

  std::size_t End(std::size_t at) const {
    std::size_t open = 0;
    do {
      switch (text_[at]) {
        case '"':
          at = EndOfString(at);
          break;
        case '{':
        case '[':
          ++open;
          ++at;
          break;
        case '}':
        case ']':
          --open;
          ++at;
          break;
        case ',':
        case ':':
        case ' ':
        case '\t':
        case '\r':
        case '\n':
          ++at;
          break;
        default:  // a number, true, false or null
          at = std::min(text_.find_first_of(",:]} \t\r\n", at), text_.size());
      }
    } while (open > 0);
    return at;
  }

  std::size_t EndOfString(std::size_t at) const {
    for (++at; text_[at] != '"'; ++at) {
      if (text_[at] == '\\') ++at;
    }
    return at + 1;
  }

  // A name may be written with escapes.
  static std::string Decoded(std::string_view quoted) {
    if (quoted.find('\\') == quoted.npos) {
      return std::string(quoted.substr(1, quoted.size() - 2));
    }
    const auto name = ParseJson(quoted, {.max_bytes = quoted.size()}, Code::kJobUnreadable, kWhat);
    return name && name->AsString() != nullptr ? *name->AsString() : "";
  }

  std::string_view text_;
};

struct Cut {
  std::size_t begin;
  std::size_t end;
};

bool IsRequestVariable(const Text::Member& member) {
  return std::find(std::begin(kRequestVariables), std::end(kRequestVariables), member.name) !=
         std::end(kRequestVariables);
}

// Adds the cuts that remove the variables, each with one of the commas beside it.
void CutVariables(const std::vector<Text::Member>& variables, std::vector<Cut>& cuts) {
  std::size_t kept = variables.size();  // one past the last variable that stays
  while (kept > 0 && IsRequestVariable(variables[kept - 1])) --kept;
  for (std::size_t i = 0; i < kept; ++i) {
    if (IsRequestVariable(variables[i]))
      cuts.push_back({variables[i].begin, variables[i + 1].begin});
  }
  if (kept == variables.size()) return;
  cuts.push_back({kept == 0 ? variables[0].begin : variables[kept - 1].end, variables.back().end});
}

void CutHolder(const Text& text, std::size_t holder, std::vector<Cut>& cuts) {
  if (!text.IsObject(holder)) return;
  for (const auto& member : text.Members(holder)) {
    if (member.name == kVariables && text.IsObject(member.value)) {
      CutVariables(text.Members(member.value), cuts);
    }
  }
}

void CutArguments(const Text& text, std::size_t args, std::vector<Cut>& cuts) {
  if (!text.IsObject(args)) return;
  CutHolder(text, args, cuts);
  for (const auto& member : text.Members(args)) {
    if (std::find(std::begin(kContainers), std::end(kContainers), member.name) !=
        std::end(kContainers)) {
      CutHolder(text, member.value, cuts);
    } else if (member.name == kServices && text.IsArray(member.value)) {
      for (const std::size_t service : text.Items(member.value)) CutHolder(text, service, cuts);
    }
  }
}

}  // namespace

Result<ContainerMessage> ContainerMessage::Parse(Secret text) {
  constexpr std::size_t kMaxDepth = 64;  // `state` is the wrapped hook's own
  auto tree =
      ParseJson(text.view(), {.max_bytes = kMaxContainerMessageBytes, .max_depth = kMaxDepth},
                Code::kJobUnreadable, kWhat);
  if (!tree) return std::move(tree).findings();
  ContainerMessage message(std::move(text), *std::move(tree));
  if (message.tree_.AsObject() == nullptr) return Unreadable("expected an object");
  const std::string_view command = message.command();
  if (command.empty()) return Unreadable("command: expected its name");
  if (command == kPrepareJob || command == kRunScriptStep || command == kRunContainerStep) {
    const Value* args = message.tree_.Find("args");
    if (IsAbsent(args) || args->AsObject() == nullptr)
      return Unreadable("args: expected an object");
    if (auto checked = CheckArguments(*args); !checked) return checked.findings();
  }
  return message;
}

std::string_view ContainerMessage::command() const {
  return TextOf(tree_.Find("command"));
}

std::string_view ContainerMessage::Argument(std::string_view name) const {
  return TextOf(Find(tree_.Find("args"), name));
}

std::vector<std::string_view> ContainerMessage::Arguments(std::string_view name) const {
  const Value* value = Find(tree_.Find("args"), name);
  std::vector<std::string_view> texts;
  if (value == nullptr || value->AsArray() == nullptr) return texts;
  for (const Value& item : *value->AsArray()) {
    if (item.AsString() != nullptr) texts.push_back(TextOf(&item));
  }
  return texts;
}

std::string_view ContainerMessage::Variable(std::string_view name) const {
  return TextOf(Find(Find(tree_.Find("args"), kVariables), name));
}

Secret ContainerMessage::WithoutRequestVariables() const {
  const std::string_view whole = text_.view();
  const Text text(whole);
  std::vector<Cut> cuts;
  for (const auto& member : text.Members(text.top())) {
    if (member.name == "args") CutArguments(text, member.value, cuts);
  }
  std::sort(cuts.begin(), cuts.end(),
            [](const Cut& one, const Cut& other) { return one.begin < other.begin; });
  std::string kept;
  kept.reserve(whole.size());  // so that growing leaves no copy in memory
  std::size_t done = 0;
  for (const Cut& cut : cuts) {
    kept.append(whole, done, cut.begin - done);
    done = cut.end;
  }
  kept.append(whole, done, whole.npos);
  return Secret(std::move(kept));
}

}  // namespace jobwarden
