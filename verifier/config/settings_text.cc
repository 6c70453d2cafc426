#include "verifier/config/settings_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/config/document.h"
#include "verifier/config/reference.h"

namespace jobwarden {
namespace {

std::string QuotedText(const std::string& text) {
  return WriteJson(text);  // JSON's escapes are TOML's too
}

std::string KeyText(const std::string& key) {
  const auto is_bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), is_bare);
  return bare ? key : QuotedText(key);
}

std::string ValueText(const Node& node) {
  if (const auto* text = node.As<std::string>()) return QuotedText(*text);
  if (const auto* boolean = node.As<bool>()) return *boolean ? "true" : "false";
  if (const auto* number = node.As<std::int64_t>()) return std::to_string(*number);
  std::vector<std::string> parts;
  if (const auto* list = node.As<Node::List>()) {
    for (const Node& each : *list) parts.push_back(ValueText(each));
    return fmt::format("[{}]", Join(parts, ", "));
  }
  if (const auto* table = node.As<Node::Table>()) {
    for (const Entry& each : *table) {
      parts.push_back(KeyText(each.key) + " = " + ValueText(each.value));
    }
    return fmt::format("{{ {} }}", Join(parts, ", "));
  }
  return "";  // no setting is a date, or a number that is not whole
}

// A URL without what may be a secret.
std::string SafeUrl(std::string url) {
  const std::size_t query = url.find('?');
  if (query != url.npos) url.replace(query + 1, url.npos, "…");
  const std::size_t begin = url.find("//");
  const std::size_t end = url.rfind('@');
  if (begin != url.npos && end != url.npos && end > begin) {
    url.replace(begin + 2, end - begin - 2, "…");
  }
  return url;
}

std::string_view ParentOf(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == path.npos ? std::string_view() : path.substr(0, dot);
}

std::string LastName(const std::string& path) {
  return path.substr(path.rfind('.') + 1);
}

bool IsTable(const KeyReference& key) {
  return key.form == KeyForm::kTable || key.form == KeyForm::kTables;
}

std::vector<const KeyReference*> KeysOf(std::string_view path) {
  std::vector<const KeyReference*> keys;
  for (const KeyReference& each : ConfigReference()) {
    if (ParentOf(each.path) == path) keys.push_back(&each);
  }
  // In TOML the keys of a table come before the tables in it.
  std::stable_partition(keys.begin(), keys.end(), [](auto* each) { return !IsTable(*each); });
  return keys;
}

class Writer {
 public:
  Writer(const std::vector<std::string>& paths, bool effective)
      : places_(paths), effective_(effective) {}

  // `nodes`: the table with this path, in each file that has it.
  void Write(std::string_view path, const std::vector<const Node*>& nodes) {
    const bool has_defaults = effective_ && !IsOfWrap(path, nodes);
    for (const KeyReference* key : KeysOf(path)) {
      const std::string name = LastName(key->path);
      std::vector<const Node*> written;
      for (const Node* node : nodes) {
        if (const Node* found = node->Find(name)) written.push_back(found);
      }
      if (key->form == KeyForm::kTables) {
        WriteList(*key, written);
      } else if (key->form == KeyForm::kTable) {
        if (!written.empty() || (effective_ && !NeedsAKey(*key))) {
          text_ += "\n" + HeadingOf(*key) + "\n";
          Write(key->path, written);
        }
      } else if (!written.empty()) {
        WriteSetting(name, *written.front());
      } else if (has_defaults && !key->preset.empty() && key->preset != "required") {
        Line(KeyText(name) + " = " + key->preset, "default");
      }
    }
  }

  std::string Take() { return std::move(text_); }

 private:
  // Whether it is the [executor] of a wrapped driver. That driver decides about what the other
  // settings there are for, so they have no defaults.
  static bool IsOfWrap(std::string_view path, const std::vector<const Node*>& nodes) {
    return path == "executor" && std::any_of(nodes.begin(), nodes.end(), [](const Node* each) {
             const Node* driver = each->Find("driver");
             const auto* name = driver == nullptr ? nullptr : driver->As<std::string>();
             return name != nullptr && *name == "wrap";
           });
  }

  static bool NeedsAKey(const KeyReference& table) {
    const auto keys = KeysOf(table.path);
    return std::any_of(keys.begin(), keys.end(),
                       [](auto* each) { return each->preset == "required"; });
  }

  void WriteList(const KeyReference& key, const std::vector<const Node*>& lists) {
    for (const Node* list : lists) {
      const auto* tables = list->As<Node::List>();
      if (tables == nullptr) continue;
      for (const Node& each : *tables) {
        text_ += "\n";
        Line(HeadingOf(key), places_.Text(each.place));
        Write(key.path, {&each});
      }
    }
  }

  void WriteSetting(const std::string& name, const Node& node) {
    const auto* text = node.As<std::string>();
    const bool is_url = text != nullptr && (name == "url" || name == "proxy");
    Line(KeyText(name) + " = " + (is_url ? QuotedText(SafeUrl(*text)) : ValueText(node)),
         places_.Text(node.place));
  }

  void Line(const std::string& setting, const std::string& from) {
    text_ += fmt::format("{:<44}  # {}\n", setting, from);
  }

  Problems places_;
  bool effective_;
  std::string text_;
};

}  // namespace

std::string SettingsText(const std::vector<ConfigFile>& files, bool effective) {
  std::vector<std::string> paths;
  paths.reserve(files.size());
  for (const ConfigFile& each : files) paths.push_back(each.path);
  Problems problems(paths);
  std::vector<Node> documents;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (auto document = ReadDocument(i, files[i].bytes, problems)) {
      documents.push_back(*std::move(document));
    }
  }
  std::vector<const Node*> nodes;
  nodes.reserve(documents.size());
  for (const Node& each : documents) nodes.push_back(&each);
  Writer writer(paths, effective);
  writer.Write("", nodes);
  return writer.Take();
}

}  // namespace jobwarden
