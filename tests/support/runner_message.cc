#include "tests/support/runner_message.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

namespace jobwarden::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Kinds of typed data: of contexts (`t`), and of what a workflow says (`type`).
constexpr int kContextArray = 1;
constexpr int kContextObject = 2;
constexpr int kTokenMapping = 2;

constexpr const char* kRef = "v1";

// Ids of one job. A runner that was killed leaves files under the ids of its job, and takes no
// other job with the same ids.
class Ids {
 public:
  std::string operator()(int number) const {
    std::array<char, 37> guid{};
    std::snprintf(guid.data(), guid.size(), "%08x-6172-4465-8e00-%012d", job_, number);
    return guid.data();
  }

 private:
  unsigned job_ = std::random_device{}();
};

Json Context(const Json& value) {
  if (value.is_object()) {
    Json pairs = Json::array();
    for (const auto& [name, inner] : value.items()) {
      pairs.push_back({{"k", name}, {"v", Context(inner)}});
    }
    return {{"t", kContextObject}, {"d", std::move(pairs)}};
  }
  if (value.is_array()) {
    Json all = Json::array();
    for (const Json& inner : value) all.push_back(Context(inner));
    return {{"t", kContextArray}, {"a", std::move(all)}};
  }
  return value;
}

Json Mapping(const Json& object) {
  Json pairs = Json::array();
  for (const auto& [name, value] : object.items()) {
    pairs.push_back({{"key", name}, {"value", value.is_object() ? Mapping(value) : value}});
  }
  return {{"type", kTokenMapping}, {"map", std::move(pairs)}};
}

void Write(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// A program of Node's that runs `command` as its child, after it wrote `files` into the workspace.
std::string Script(const Json& command, const Json& files) {
  return "const fs = require('fs'), path = require('path');\n"
         "const files = " +
         files.dump() + ", command = " + command.dump() +
         ";\n"
         "for (const [name, text] of Object.entries(files)) {\n"
         "  const file = path.join(process.env.GITHUB_WORKSPACE, name);\n"
         "  fs.mkdirSync(path.dirname(file), {recursive: true});\n"
         "  fs.writeFileSync(file, text, {mode: 0o755});\n"
         "}\n"
         "if (command.length > 0) {\n"
         "  const run = require('child_process').spawnSync(command[0], command.slice(1),\n"
         "                                                 {stdio: 'inherit'});\n"
         "  process.exitCode = run.status === null ? 1 : run.status;\n"
         "}\n";
}

// An action of JavaScript, packed as its repository would be.
void WriteAction(const Json& step, const std::string& name, const fs::path& archives) {
  const fs::path folder = archives / name;
  fs::create_directories(folder);
  std::string manifest = "name: played\nruns:\n  using: node20\n  main: main.js\n";
  Write(folder / "main.js", Script(step["main"], step["files"]));
  for (const char* part : {"pre", "post"}) {
    if (step[part].empty()) continue;
    manifest += std::string("  ") + part + ": " + part + ".js\n";
    Write(folder / (std::string(part) + ".js"), Script(step[part], Json::object()));
  }
  Write(folder / "action.yml", manifest);
  const std::string pack =
      "tar -czf '" + folder.string() + ".tar.gz' -C '" + archives.string() + "' '" + name + "'";
  if (std::system(pack.c_str()) != 0) {  // NOLINT(concurrency-mt-unsafe,cert-env33-c)
    throw std::runtime_error("cannot pack an action: " + pack);
  }
}

Json Reference(const Json& step, int number, const fs::path& archives) {
  if (!step["run"].get<std::string>().empty()) return {{"type", "script"}};
  if (!step["image"].get<std::string>().empty()) {
    return {{"type", "containerRegistry"}, {"image", step["image"]}};
  }
  const std::string name = "step-" + std::to_string(number);
  WriteAction(step, name, archives);
  return {{"type", "repository"},
          {"name", "played/" + name},
          {"ref", kRef},
          {"repositoryType", "GitHub"}};
}

Json Steps(const Json& steps, const Ids& ids, const fs::path& archives) {
  Json all = Json::array();
  int unnamed = 0;
  for (const Json& step : steps) {
    const int number = static_cast<int>(all.size()) + 1;
    Json reference = Reference(step, number, archives);
    const bool is_script = reference["type"] == "script";
    // The server names what has no id, and this is GITHUB_ACTION.
    std::string name = step["id"];
    if (name.empty()) {
      name = is_script ? "__run" : "__action";
      if (is_script && ++unnamed > 1) name += "_" + std::to_string(unnamed);
      if (!is_script && number > 1) name += "_" + std::to_string(number);
    }
    Json inputs = Json::object();
    if (is_script) {
      inputs["script"] = step["run"];
      if (step["shell"] != "") inputs["shell"] = step["shell"];
      if (step["working_directory"] != "") inputs["workingDirectory"] = step["working_directory"];
    }
    const std::string shown = step["name"];
    all.push_back({{"type", "action"},
                   {"reference", std::move(reference)},
                   {"id", ids(100 + number)},
                   {"name", name},
                   {"contextName", name},
                   {"displayNameToken", shown.empty() ? name : shown},
                   {"condition", step["condition"]},
                   {"continueOnError", step["continue_on_error"]},
                   {"environment", Mapping(step["env"])},
                   {"inputs", Mapping(inputs)}});
  }
  return all;
}

// The context `github`: GITHUB_REF is its `ref`.
Json GitHubContext(const Json& job) {
  Json context = Json::object();
  for (const auto& [name, value] : job["variables"].items()) {
    const std::string prefix = "GITHUB_";
    if (!name.starts_with(prefix) || name == "GITHUB_ACTIONS") continue;
    std::string key = name.substr(prefix.size());
    std::transform(key.begin(), key.end(), key.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    if (key == "ref_protected") {
      context[key] = value == "true";
    } else {
      context[key] = value;
    }
  }
  context["token"] = "ghs_of-the-played-job";
  if (!job["event_missing"].get<bool>()) {
    const std::string text = job["event"];
    const Json event = Json::parse(text, nullptr, false);
    // Bytes that are no JSON reach the file as they are, because the runner writes texts so.
    context["event"] = event.is_discarded() ? Json(text) : event;
  }
  return context;
}

Json Container(const Json& container) {
  Json mapping = {{"image", container["image"]}};
  if (!container["env"].empty()) mapping["env"] = container["env"];
  return Mapping(mapping);
}

}  // namespace

Json RunnerMessage(const Json& job, const std::string& service, const std::string& archives) {
  fs::create_directories(archives);
  const Ids ids;
  std::string token = job["id_token_request_token"];
  if (token.empty()) token = "of-the-job-without-id-tokens";
  Json connection = {
      {"name", "SystemVssConnection"},
      {"url", service + "/run/"},
      {"authorization", {{"scheme", "OAuth"}, {"parameters", {{"AccessToken", token}}}}},
      {"data", {{"FeedStreamUrl", "ws" + service.substr(4) + "/feed"}}},
      {"isReady", true}};
  if (job["id_token_request_url"] != "") {
    connection["data"]["GenerateIdTokenUrl"] = job["id_token_request_url"];
  }
  const auto variable = [](const Json& value) { return Json({{"value", value}}); };
  Json message = {
      {"messageType", "RunnerJobRequest"},
      {"plan",
       {{"scopeIdentifier", ids(1)}, {"planType", "actions"}, {"version", 9}, {"planId", ids(2)}}},
      {"timeline", {{"id", ids(3)}}},
      {"jobId", ids(4)},
      {"requestId", 1},
      {"jobDisplayName", job["name"]},
      {"jobName", job["name"]},
      {"resources", {{"endpoints", Json::array({std::move(connection)})}}},
      {"contextData",
       {{"github", Context(GitHubContext(job))},
        {"needs", Context(Json::object())},
        {"inputs", nullptr},
        {"matrix", nullptr}}},
      {"variables",
       {{"system.github.job", variable(job["name"])},
        {"system.github.token", {{"value", "ghs_of-the-played-job"}, {"isSecret", true}}},
        {"system.github.results_endpoint", variable(service + "/")},
        {"system.github.launch_endpoint", variable(service + "/")},
        {"system.runnerEnvironment", variable("self-hosted")},
        {"DistributedTask.EnhancedAnnotations", variable("true")},
        {"DistributedTask.AllowRunnerContainerHooks", variable("true")}}},
      {"environmentVariables", Json::array({Mapping(job["env"])})},
      {"steps", Steps(job["steps"], ids, archives)},
      {"fileTable", Json::array({".github/workflows/deploy.yml"})}};
  if (!job["container"].is_null()) {
    message["jobContainer"] = Container(job["container"]);
    Json services = Json::object();
    int number = 0;
    for (const Json& image : job["container"]["services"]) {
      services["service-" + std::to_string(++number)] = {{"image", image}};
    }
    if (number > 0) message["jobServiceContainers"] = Mapping(services);
  }
  return message;
}

}  // namespace jobwarden::testing
