#include "hooks/step/recipes.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <initializer_list>
#include <set>

#include "hooks/step/words.h"

namespace jobwarden {
namespace {

struct Recipe {
  std::vector<std::string_view> names;
  std::string_view text;  // with its head
};

struct File {
  std::string outside;
  std::vector<Recipe> recipes;
};

std::size_t Indentation(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == line.npos;
}

bool IsComment(std::string_view line) {
  return line.substr(Indentation(line)).starts_with('#');
}

// Whether a line is the head of a recipe, and of which. Each sort of file has such a function.
using HeadReader = std::vector<std::string_view> (*)(std::string_view line);

// `name other: needed` of a Makefile, `name argument='x': needed` of a justfile; not `NAME := x`.
std::vector<std::string_view> MakeNames(std::string_view line) {
  if (Indentation(line) > 0) return {};
  const std::size_t colon = line.find(':');
  if (colon == line.npos || line.substr(colon + 1).starts_with('=') || line.find('=') < colon ||
      line.substr(colon + 1).starts_with(":=")) {
    return {};
  }
  // `.PHONY: all` runs nothing.
  if (line.starts_with('.') && line.size() > 1 && line[1] >= 'A' && line[1] <= 'Z') return {"."};
  auto names = WordsOf(line.substr(0, colon));
  if (names.empty()) names.push_back("%");  // `%:` or `$(TARGETS):`
  for (std::string_view& name : names) {
    if (line.substr(0, colon).find_first_of("%$*") != line.npos) name = "%";
  }
  return names;
}

std::vector<std::string_view> JustNames(std::string_view line) {
  if (Indentation(line) > 0 || line.find(":=") != line.npos || line.starts_with('[')) return {};
  if (line.find(':') == line.npos) return {};
  auto names = WordsOf(line.substr(0, std::min(line.find_first_of(" :"), line.size())));
  names.resize(std::min<std::size_t>(names.size(), 2));  // `@name` is `name` too
  return names;
}

// `  name:` below `tasks:`.
std::vector<std::string_view> TaskNames(std::string_view line) {
  if (Indentation(line) != 2) return {};
  const std::size_t end = line.find_last_not_of(" \t\r\n");
  const std::size_t colon = line.rfind(':', end);
  if (end == line.npos || colon == line.npos || colon != end) return {};
  std::string_view name = line.substr(2, colon - 2);
  if (name.size() > 1 && (name.front() == '"' || name.front() == '\'')) {
    name = name.substr(1, name.size() - 2);
  }
  if (name.find('*') != name.npos) name = "%";
  return {name};
}

// `[testenv:name]` and `[testenv:{a,b}]`.
std::vector<std::string_view> ToxNames(std::string_view line) {
  constexpr std::string_view kBegin = "[testenv:";
  if (!line.starts_with(kBegin)) return {};
  line.remove_prefix(kBegin.size());
  return WordsOf(line.substr(0, line.find(']')));
}

File Divide(std::string_view text, HeadReader read_head, bool by_section) {
  File file;
  std::size_t begin = text.npos;  // of the recipe at hand
  const auto end_recipe = [&](std::size_t end) {
    if (begin != text.npos) file.recipes.back().text = text.substr(begin, end - begin);
    begin = text.npos;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string_view line = text.substr(at, end - at);
    auto names = IsComment(line) ? std::vector<std::string_view>() : read_head(line);
    if (!names.empty()) {
      end_recipe(at);
      file.recipes.push_back({std::move(names), {}});
      begin = at;
    } else if (!IsBlank(line) && !IsComment(line) &&
               (by_section ? line.starts_with('[') : Indentation(line) == 0)) {
      end_recipe(at);
    }
    if (begin == text.npos) file.outside.append(line);
    at = end;
  }
  end_recipe(text.size());
  return file;
}

// The lines of a recipe that name other recipes: its head, and those that call the tool.
std::string NamingLines(std::string_view recipe) {
  std::string lines;
  for (bool head = true; !recipe.empty(); head = false) {
    const std::size_t end = std::min(recipe.find('\n'), recipe.size() - 1) + 1;
    const std::string_view line = recipe.substr(0, end);
    recipe.remove_prefix(end);
    const auto calls = [&](std::string_view tool) { return line.find(tool) != line.npos; };
    const bool in_list = line.substr(Indentation(line)).starts_with("- ");
    if (head || in_list || calls("make") || calls("MAKE") || calls("just") || calls("task") ||
        calls("deps") || calls("testenv")) {
      lines += line;
    }
  }
  return lines;
}

std::string Choose(const File& file, const std::vector<std::string_view>& words) {
  std::deque<std::string> naming;  // `names` are views of it
  std::set<std::string_view> names(words.begin(), words.end());
  const auto is_named = [&](const Recipe& recipe) {
    return std::any_of(recipe.names.begin(), recipe.names.end(),
                       [&](std::string_view name) { return name == "%" || names.contains(name); });
  };
  std::vector<bool> taken(file.recipes.size(), false);
  std::string chosen = file.outside;
  const auto take = [&](std::size_t i) {
    taken[i] = true;
    chosen.append(file.recipes[i].text).append("\n");
    naming.push_back(NamingLines(file.recipes[i].text));
    for (const std::string_view word : WordsOf(naming.back())) names.insert(word);
  };
  for (const std::string_view word : WordsOf(file.outside)) names.insert(word);
  const auto has_own_name = [&](const Recipe& recipe) {
    return std::any_of(recipe.names.begin(), recipe.names.end(), [&](std::string_view name) {
      return std::find(words.begin(), words.end(), name) != words.end();
    });
  };
  if (std::none_of(file.recipes.begin(), file.recipes.end(), has_own_name)) {
    // The default recipe.
    const auto first =
        std::find_if(file.recipes.begin(), file.recipes.end(),
                     [](const Recipe& recipe) { return recipe.names.front() != "."; });
    if (first != file.recipes.end()) take(static_cast<std::size_t>(first - file.recipes.begin()));
  }
  for (bool more = true; more;) {
    more = false;
    for (std::size_t i = 0; i < file.recipes.size(); ++i) {
      if (taken[i] || !is_named(file.recipes[i])) continue;
      take(i);
      more = true;
    }
  }
  return chosen;
}

// How the file is divided, or null.
HeadReader HeadReaderFor(std::string_view file_name) {
  const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), file_name) != names.end();
  };
  if (is_one_of({"Makefile", "makefile", "GNUmakefile"}) || file_name.ends_with(".mk")) {
    return MakeNames;
  }
  if (is_one_of({"justfile", "Justfile", ".justfile"})) return JustNames;
  if (is_one_of({"Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"})) {
    return TaskNames;
  }
  return file_name == "tox.ini" ? ToxNames : nullptr;
}

}  // namespace

bool HasRecipes(std::string_view file_name) {
  return HeadReaderFor(file_name) != nullptr;
}

std::string RecipesOf(std::string_view file_name, std::string_view text,
                      const std::vector<std::string_view>& words) {
  const HeadReader read_head = HeadReaderFor(file_name);
  if (read_head == nullptr) return std::string(text);
  return Choose(Divide(text, read_head, read_head == ToxNames), words);
}

}  // namespace jobwarden
