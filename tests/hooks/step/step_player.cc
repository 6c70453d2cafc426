#include "tests/hooks/step/step_player.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "hooks/step/step_decision.h"
#include "tests/support/temp_folder.h"

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;

std::string Replace(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

void WriteFile(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

std::vector<WrittenStep> ReadSteps(const std::string& path) {
  std::vector<WrittenStep> steps;
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line);
    WrittenStep step;
    step.id = json.at("id");
    step.shell = json.value("shell", "bash");
    step.script = json.at("script");
    step.argv = json.value("argv", std::vector<std::string>());
    step.folder = json.value("cwd", "");
    step.files = json.value("files", std::map<std::string, std::string>());
    step.environment = json.value("env", std::map<std::string, std::string>());
    step.needs = json.at("needs");
    steps.push_back(std::move(step));
  }
  return steps;
}

TokenUse Play(const WrittenStep& step) {
  const TempFolder top;
  const std::string workspace = top / "work";
  const std::string tool = top / "tool";
  const std::string action = top / "action";
  const std::string home = top / "home";
  const std::string temporary = top / "_temp";
  for (const auto& folder : {workspace, tool, action, home, temporary}) {
    fs::create_directories(folder);
  }
  bool has_action = false;
  for (const auto& [name, content] : step.files) {
    std::string path = workspace + "/" + name;
    for (const auto& [prefix, folder] :
         {std::pair("tool:", tool), std::pair("action:", action), std::pair("home:", home)}) {
      if (!name.starts_with(prefix)) continue;
      path = folder + "/" + name.substr(std::string(prefix).size());
      has_action = has_action || folder == action;
    }
    std::string text = Replace(content, "{tool}", tool);
    if (text.starts_with("ELF:")) text = std::string("\x7f") + "ELF\2\1" + text.substr(4);
    WriteFile(path, text);
  }
  std::map<std::string, std::string> variables = {{"GITHUB_WORKSPACE", workspace},
                                                  {"RUNNER_TEMP", temporary},
                                                  {"HOME", home},
                                                  {"PATH", tool + ":/usr/local/bin:/usr/bin:/bin"},
                                                  {"GITHUB_ACTIONS", "true"}};
  if (has_action) variables["GITHUB_ACTION_PATH"] = action;
  for (const auto& [name, value] : step.environment) {
    variables[name] = Replace(value, "{tool}", tool);
  }
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);

  const std::string script = temporary + (step.shell == "pwsh" ? "/step.ps1" : "/step.sh");
  WriteFile(script, step.script);
  std::vector<std::string> arguments = {"-e", script};
  StepCall call;
  call.program = step.shell;
  if (step.shell == "python") arguments = {script};
  if (step.shell == "pwsh") arguments = {"-command", ". '" + script + "'"};
  if (step.shell == "exec") {
    call.program = step.argv.at(0);
    arguments.assign(step.argv.begin() + 1, step.argv.end());
    for (std::string& argument : arguments) argument = Replace(argument, "{tool}", tool);
  }
  call.arguments.assign(arguments.begin(), arguments.end());
  call.environment.assign(entries.begin(), entries.end());
  call.folder = step.folder.empty() ? workspace : workspace + "/" + step.folder;
  call.workspace = workspace;
  if (has_action) call.action = action;
  call.temporary = temporary;
  call.home = home;
  return DecideStep({}, "__run", call);
}

}  // namespace jobwarden::testing
