#include "hooks/step/tools.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_set>

#include "hooks/step/words.h"

namespace jobwarden {
namespace {

bool Publishes(std::string_view word) {
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  constexpr std::string_view kParts[] = {"publish", "deploy", "release", "sign", "upload"};
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](std::string_view part) { return lower.find(part) != lower.npos; });
}

}  // namespace

std::span<const Tool> Tools() {
  static const std::vector<std::string_view> kMake = {"GNUmakefile", "makefile", "Makefile"};
  static const std::vector<std::string_view> kPackage = {"package.json"};
  static const std::vector<std::string_view> kJust = {"justfile", "Justfile", ".justfile"};
  static const std::vector<std::string_view> kTask = {"Taskfile.yml", "Taskfile.yaml",
                                                      "taskfile.yml", "taskfile.yaml"};
  static const std::vector<std::string_view> kMaven = {"pom.xml"};
  static const std::vector<std::string_view> kGradle = {"build.gradle",
                                                        "build.gradle.kts",
                                                        "settings.gradle",
                                                        "settings.gradle.kts",
                                                        "gradle/libs.versions.toml",
                                                        "buildSrc/build.gradle.kts",
                                                        "gradle.properties",
                                                        "build-logic/build.gradle.kts"};
  static const std::vector<std::string_view> kDeno = {"deno.json", "deno.jsonc"};
  static const std::vector<std::string_view> kMise = {"mise.toml", ".mise.toml"};
  static const std::vector<std::string_view> kPython = {"pyproject.toml"};
  static const std::vector<Tool> kTools = {{"make", kMake},
                                           {"gmake", kMake},
                                           {"MAKE", kMake},  // `$(MAKE) -C folder`
                                           {"npm", kPackage},
                                           {"npx", kPackage},
                                           {"pnpm", kPackage},
                                           {"yarn", kPackage},
                                           {"bun", kPackage},
                                           {"turbo", kPackage},
                                           {"lerna", kPackage},
                                           {"nx", {"package.json", "project.json"}},
                                           {"wireit", kPackage},
                                           {"vp", kPackage},
                                           {"nr", kPackage},
                                           {"rushx", kPackage},
                                           {"just", kJust},
                                           {"task", kTask},
                                           {"go-task", kTask},
                                           {"mvn", kMaven, true},
                                           {"mvnw", kMaven, true},
                                           {"mvnd", kMaven, true},
                                           {"gradle", kGradle, true},
                                           {"gradlew", kGradle, true},
                                           {"sbt", {"build.sbt", "project/plugins.sbt"}, true},
                                           {"rake", {"Rakefile", "rakefile", "Rakefile.rb"}},
                                           {"nox", {"noxfile.py"}},
                                           {"tox", {"tox.ini"}},
                                           {"invoke", {"tasks.py"}},
                                           {"inv", {"tasks.py"}},
                                           {"fastlane", {"fastlane/Fastfile"}},
                                           {"deno", kDeno},
                                           {"mise", kMise},
                                           {"poe", kPython},
                                           {"poethepoet", kPython},
                                           {"pdm", kPython, true},
                                           {"hatch", kPython, true},
                                           {"rye", kPython, true},
                                           {"pixi", {"pixi.toml"}, true},
                                           {"composer", {"composer.json"}},
                                           {"mage", {"magefile.go"}},
                                           {"earthly", {"Earthfile"}},
                                           {"cargo-make", {"Makefile.toml"}},
                                           {"moon", {"moon.yml"}}};
  return kTools;
}

std::vector<const Tool*> ToolsCalled(const std::vector<std::string_view>& words) {
  std::unordered_set<std::string_view> programs;
  programs.reserve(words.size());
  for (const std::string_view word : words) programs.insert(LastPart(word));
  std::vector<const Tool*> called;
  for (const Tool& tool : Tools()) {
    if (!programs.contains(tool.command)) continue;
    if (tool.only_publishing && std::none_of(words.begin(), words.end(), Publishes)) continue;
    called.push_back(&tool);
  }
  return called;
}

bool RunsFolders(const std::vector<std::string_view>& words) {
  const auto has = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  return (has("run") && (has("go") || has("cargo") || has("swift") || has("dotnet"))) ||
         (has("cargo") && has("xtask"));
}

std::vector<std::string_view> FilesOfParts(std::string_view file_name) {
  if (file_name == "pom.xml") return {"pom.xml"};
  if (file_name.starts_with("settings.gradle")) return {"build.gradle", "build.gradle.kts"};
  return {};
}

}  // namespace jobwarden
