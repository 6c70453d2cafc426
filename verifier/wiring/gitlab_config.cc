#include "verifier/wiring/gitlab_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/config/document.h"
#include "verifier/wiring/gitlab_stages.h"
#include "verifier/wiring/toml_lines.h"

namespace jobwarden {
namespace {

using Key = std::vector<std::string>;

/// A key below `[[runners]]`, and the value that it is to have.
struct Setting {
  Key key;
  Node value;
};

Node Text(std::string text) {
  return {{}, std::move(text)};
}

std::vector<Setting> Wanted(const GitLabDriver& driver) {
  std::vector<Setting> wanted{{{"executor"}, Text("custom")}};
  for (const std::string stage : kDriverStages) {
    Node::List arguments;
    if (!driver.config.empty() && driver.config != kDefaultConfigPath) {
      arguments = {Text("--config"), Text(driver.config)};
    }
    arguments.push_back(Text(stage));
    wanted.push_back({{"custom", stage + "_exec"}, Text(driver.program)});
    wanted.push_back({{"custom", stage + "_args"}, {{}, std::move(arguments)}});
  }
  return wanted;
}

/// Whether the stage of a setting is done by this driver already, whatever form its arguments have.
bool Does(const Node& runner, const Setting& setting, const GitLabDriver& driver) {
  if (setting.key.size() != 2) return false;
  const std::string& key = setting.key[1];
  const auto call = DriverCallOf(runner.Find("custom"), key.substr(0, key.find('_')));
  return call && call->program == driver.program &&
         (driver.config.empty() || call->config == driver.config);
}

/// A TOML string: of what this writes, JSON's escapes are TOML's too.
std::string TomlText(const Node& value) {
  if (const auto* list = value.As<Node::List>()) {
    std::vector<std::string> items;
    for (const Node& item : *list) items.push_back(TomlText(item));
    return "[" + Join(items, ", ") + "]";
  }
  const auto* text = value.As<std::string>();
  std::string quoted = "\"";
  for (const char c : text != nullptr ? *text : std::string()) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

bool Same(const Node& one, const Node& other) {
  if (one.content.index() != other.content.index()) return false;
  if (const auto* list = one.As<Node::List>()) {
    return std::equal(list->begin(), list->end(), other.As<Node::List>()->begin(),
                      other.As<Node::List>()->end(), Same);
  }
  if (const auto* table = one.As<Node::Table>()) {
    return std::equal(table->begin(), table->end(), other.As<Node::Table>()->begin(),
                      other.As<Node::Table>()->end(), [](const Entry& a, const Entry& b) {
                        return a.key == b.key && Same(a.value, b.value);
                      });
  }
  if (const auto* text = one.As<std::string>()) return *text == *other.As<std::string>();
  if (const auto* number = one.As<std::int64_t>()) return *number == *other.As<std::int64_t>();
  if (const auto* boolean = one.As<bool>()) return *boolean == *other.As<bool>();
  // A date's value is not kept, and a number may be "nan": neither is near a line that changes.
  return true;
}

const Node* Find(const Node& runner, const Key& key) {
  const Node* node = &runner;
  for (const std::string& part : key) {
    node = node->Find(part);
    if (node == nullptr) return nullptr;
  }
  return node;
}

/// Sets the value below the table `node`; false where something that is not a table is in the way.
bool Set(Node& node, const Key& key, const Node& value) {
  Node* at = &node;
  for (std::size_t i = 0; i < key.size(); ++i) {
    auto* table = std::get_if<Node::Table>(&at->content);
    if (table == nullptr) return false;
    auto entry = std::lower_bound(table->begin(), table->end(), key[i],
                                  [](const Entry& e, const std::string& k) { return e.key < k; });
    if (entry == table->end() || entry->key != key[i]) {
      entry = table->insert(entry, {key[i], {}, {{}, Node::Table{}}});
    }
    at = &entry->value;
  }
  at->content = value.content;
  return true;
}

/// The document in the text, all of which must be TOML.
Result<Node> Read(const std::string& path, std::string_view text) {
  Problems problems({path});
  std::optional<Node> document = ReadDocument(0, text, problems);
  if (document && problems.empty()) return std::move(*document);
  Findings findings;
  for (Problem& problem : problems.Take()) {
    problem.finding.message = problems.Text(problem.place) + ": " + problem.finding.message;
    findings.push_back(std::move(problem.finding));
  }
  return findings;
}

Node::List* RunnersOf(Node& document) {
  auto* table = std::get_if<Node::Table>(&document.content);
  if (table == nullptr) return nullptr;
  for (Entry& entry : *table) {
    if (entry.key == "runners") return std::get_if<Node::List>(&entry.value.content);
  }
  return nullptr;
}

std::string TextOf(const Node& runner, const Key& key) {
  const Node* node = Find(runner, key);
  const auto* text = node != nullptr ? node->As<std::string>() : nullptr;
  return text != nullptr ? *text : "";
}

/// The lines of one runner: its header, and what is below it, each with its key below
/// `[[runners]]`.
std::optional<std::vector<TomlLine>> LinesOfRunner(const std::vector<TomlLine>& all,
                                                   std::size_t index) {
  std::vector<TomlLine> lines;
  std::size_t seen = 0;
  Key table;
  bool inside = false;
  for (TomlLine line : all) {
    if (line.kind == TomlLine::Kind::kValue) {
      line.key.insert(line.key.begin(), table.begin(), table.end());
      if (inside) lines.push_back(std::move(line));
      continue;
    }
    const bool runners = line.key.front() == "runners";
    if (runners && line.key.size() == 1) {
      if (line.kind != TomlLine::Kind::kTableOfArray) return std::nullopt;
      inside = seen++ == index;
    }
    if (!inside) continue;
    // Another table between the tables of a runner: what follows it may be the runner's again.
    table = runners ? Key(line.key.begin() + 1, line.key.end()) : Key{"", line.key.front()};
    line.key = table;
    lines.push_back(std::move(line));
  }
  if (lines.empty()) return std::nullopt;
  return lines;
}

std::string Indent(std::string_view text, const TomlLine& line) {
  const std::string_view before = text.substr(line.line_begin, line.begin - line.line_begin);
  return std::string(before.substr(std::min(before.find_first_of(" \t"), before.size())));
}

/// The edits for the settings that differ; nothing where a line has no place.
std::optional<std::vector<Edit>> MakeEdits(std::string_view text,
                                           const std::vector<TomlLine>& lines,
                                           const std::vector<Setting>& settings) {
  using Kind = TomlLine::Kind;
  const TomlLine* last_own = &lines.front();  // of the runner itself: its header, or its last key
  const TomlLine* custom = nullptr;           // the header of the table
  const TomlLine* last_custom = nullptr;      // the header, or the table's last key
  const TomlLine* dotted = nullptr;           // the last `custom.KEY` below the runner's header
  const TomlLine* table = &lines.front();
  for (const TomlLine& line : lines) {
    if (line.kind != Kind::kValue) {
      table = &line;
      if (line.key == Key{"custom"}) custom = last_custom = &line;
      continue;
    }
    if (table == &lines.front()) last_own = &line;
    if (table == &lines.front() && line.key.size() > 1 && line.key[0] == "custom") dotted = &line;
    if (table == custom) last_custom = &line;
  }

  std::vector<Edit> edits;
  std::vector<std::string> own_lines;
  std::vector<std::string> custom_lines;
  const std::string indent =
      last_own == &lines.front() ? Indent(text, lines.front()) + "  " : Indent(text, *last_own);
  std::string custom_indent = indent + "  ";
  if (custom != nullptr) {
    custom_indent =
        last_custom == custom ? Indent(text, *custom) + "  " : Indent(text, *last_custom);
  }
  for (const Setting& setting : settings) {
    const auto line = std::find_if(lines.begin(), lines.end(), [&](const TomlLine& candidate) {
      return candidate.kind == Kind::kValue && candidate.key == setting.key;
    });
    const std::string value = TomlText(setting.value);
    if (line != lines.end()) {
      edits.push_back({line->value, line->end - line->value, value});
    } else if (setting.key.size() == 1) {
      own_lines.push_back(fmt::format("{}{} = {}", indent, setting.key[0], value));
    } else if (dotted != nullptr && custom == nullptr) {
      own_lines.push_back(fmt::format("{}custom.{} = {}", indent, setting.key[1], value));
    } else {
      custom_lines.push_back(fmt::format("{}{} = {}", custom_indent, setting.key[1], value));
    }
  }
  if (custom == nullptr && !custom_lines.empty()) {
    own_lines.push_back(indent + "[runners.custom]");
    own_lines.insert(own_lines.end(), custom_lines.begin(), custom_lines.end());
    custom_lines.clear();
  }
  if (!own_lines.empty()) edits.push_back(InsertAfter(text, last_own->end, own_lines));
  if (!custom_lines.empty()) {
    if (last_custom == nullptr) return std::nullopt;
    edits.push_back(InsertAfter(text, last_custom->end, custom_lines));
  }
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.offset < b.offset; });
  return edits;
}

Finding Refuse(const std::string& path, const std::string& name, std::string why,
               const std::vector<Setting>& wanted) {
  std::vector<std::string> by_hand;
  for (const Setting& setting : wanted) {
    if (setting.key.size() == 2 && setting.key[1] == "config_exec") {
      by_hand.emplace_back("[runners.custom]");
    }
    by_hand.push_back(setting.key.back() + " = " + TomlText(setting.value));
  }
  return {Code::kConfigInvalid,
          fmt::format("{}: runner {}: {}; nothing was changed", path, Quote(name), std::move(why)),
          "write by hand, below its [[runners]]:\n    " + Join(by_hand, "\n    ")};
}

/// The table by which jobwarden goes on using the driver that the runner has.
std::vector<std::string> WrapTable(const Node& runner) {
  std::vector<std::string> lines{"[executor]", "driver = \"wrap\"", "[executor.wrap]"};
  for (const std::string stage : kDriverStages) {
    const Node* exec = Find(runner, {"custom", stage + "_exec"});
    const auto* program = exec != nullptr ? exec->As<std::string>() : nullptr;
    if (program == nullptr || program->empty()) continue;
    Node::List command{*exec};
    const Node* args = Find(runner, {"custom", stage + "_args"});
    if (const auto* list = args != nullptr ? args->As<Node::List>() : nullptr) {
      command.insert(command.end(), list->begin(), list->end());
    }
    lines.push_back(fmt::format("{} = {}", stage, TomlText({{}, std::move(command)})));
  }
  return lines;
}

}  // namespace

Result<std::vector<GitLabRunner>> GitLabRunners(const std::string& path, std::string_view text) {
  Result<Node> document = Read(path, text);
  if (!document) return document.findings();
  Findings odd;
  for (const OddKey& key : OddKeys(*document)) {
    odd.push_back(
        {Code::kConfigInvalid,
         fmt::format("{}:{}:{}: GitLab Runner reads the key {} as {} too; nothing was "
                     "changed",
                     path, key.place.line, key.place.column, Quote(key.written), Quote(key.name)),
         "write it in small letters, once"});
  }
  if (!odd.empty()) return odd;
  std::vector<GitLabRunner> runners;
  if (Node::List* list = RunnersOf(*document)) {
    for (const Node& runner : *list) {
      runners.push_back({TextOf(runner, {"name"}), TextOf(runner, {"executor"})});
    }
  }
  if (runners.empty()) {
    return Finding{Code::kConfigInvalid, path + ": expected a runner in [[runners]], got none",
                   "register the runner first: gitlab-runner register --executor custom"};
  }
  return runners;
}

Result<Wiring> WireGitLabRunner(const std::string& path, std::string_view text, std::size_t index,
                                const GitLabDriver& driver, bool replace) {
  Result<Node> document = Read(path, text);
  if (!document) return document.findings();
  Node::List& runners = *RunnersOf(*document);
  Node& runner = runners[index];
  const std::string name = TextOf(runner, {"name"});
  const std::vector<Setting> wanted = Wanted(driver);

  std::vector<Setting> differing;
  bool other_driver = false;
  for (const Setting& setting : wanted) {
    const Node* node = Find(runner, setting.key);
    if (node != nullptr && Same(*node, setting.value)) continue;
    if (Does(runner, setting, driver)) continue;
    const auto* program = node != nullptr ? node->As<std::string>() : nullptr;
    if (setting.key.size() == 2 && program != nullptr && !program->empty()) other_driver = true;
    differing.push_back(setting);
  }
  Wiring wiring;
  if (differing.empty()) return wiring;

  const std::string executor = TextOf(runner, {"executor"});
  if (other_driver) wiring.to_add = WrapTable(runner);
  if (!replace && other_driver) {
    return Finding{Code::kConfigInvalid,
                   fmt::format("{}: runner {} has another driver in [runners.custom]; nothing was "
                               "changed",
                               path, Quote(name)),
                   "with --replace jobwarden's commands take its place; to keep that driver behind "
                   "jobwarden's gate, add to jobwarden's configuration:\n    " +
                       Join(wiring.to_add, "\n    ")};
  }
  if (!replace && executor != "shell" && executor != "custom" && !executor.empty()) {
    return Finding{Code::kConfigInvalid,
                   fmt::format("{}: runner {}: expected the executor \"custom\" or \"shell\", got "
                               "{}; nothing was changed",
                               path, Quote(name), Quote(executor)),
                   "with --replace its jobs run on this machine itself, by jobwarden's driver; to "
                   "keep the executor, see pre_build_script in docs/gitlab.md"};
  }

  const std::optional<std::vector<TomlLine>> all = FindTomlLines(text);
  const auto lines = all ? LinesOfRunner(*all, index) : std::nullopt;
  if (!lines) return Refuse(path, name, "it is written in a form that is not understood", wanted);
  std::optional<std::vector<Edit>> edits = MakeEdits(text, *lines, differing);
  for (const Setting& setting : differing) {
    if (!Set(runner, setting.key, setting.value)) edits.reset();
  }
  // What comes out must say what went in, but for these settings.
  const bool same = edits && [&] {
    const Result<Node> result = Read(path, Apply(text, *edits));
    return result && Same(*result, *document);
  }();
  if (!same) {
    return Refuse(path, name, "its settings are written in a form that is not understood", wanted);
  }
  wiring.edits = std::move(*edits);
  return wiring;
}

}  // namespace jobwarden
