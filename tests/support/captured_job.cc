#include "tests/support/captured_job.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

namespace jobwarden::testing {
namespace {

using Json = nlohmann::ordered_json;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The names of the variables that a script sets, in its order. A value may hold a line that looks
// like one; no test asks for a name that does.
std::vector<std::string> NamesIn(const std::string& script) {
  static const std::regex kExport(R"((?:export |\n\$\{)(\w+)(?:=|\}=))");
  std::vector<std::string> names;
  for (std::sregex_iterator it(script.begin(), script.end(), kExport), end; it != end; ++it) {
    names.push_back((*it)[1]);
  }
  return names;
}

void TakeWhatTheRunnerKnows(const std::string& script, CapturedJob& captured) {
  RunnerJob& job = captured.job;
  for (const std::string& name : NamesIn(script)) {
    const std::string& value = captured.environment[name];
    if (name == "CI_RUNNER_SHORT_TOKEN") {
      break;
    }
    // Older runners list their own value first also where the job sets another.
    const bool set_by_job = job.runner != Runner::k19_4 && value == "true" &&
                            job.response.dump().find('"' + name + '"') != std::string::npos;
    job.features.push_back({name, set_by_job ? "false" : value});
  }
  job.short_token = captured.environment["CI_RUNNER_SHORT_TOKEN"];
  job.version = captured.environment["CI_RUNNER_VERSION"];
  job.revision = captured.environment["CI_RUNNER_REVISION"];
  const Json secrets = job.response.value("secrets", Json::object());
  for (const std::string& name : NamesIn(script)) {
    if (secrets.contains(name)) {
      job.secrets.push_back(
          {name, captured.environment[name], secrets[name].value("file", false), true, true});
    }
  }
}

CapturedJob Load(const std::filesystem::path& folder) {
  CapturedJob captured;
  captured.name = folder.parent_path().filename() / folder.filename();
  RunnerJob& job = captured.job;
  job.runner = captured.name.starts_with("14.10")  ? Runner::k14_10
               : captured.name.starts_with("17.2") ? Runner::k17_2
                                                   : Runner::k19_4;
  job.shell = captured.name.find("-sh/") != std::string::npos     ? Shell::kSh
              : captured.name.find("-pwsh/") != std::string::npos ? Shell::kPwsh
                                                                  : Shell::kBash;
  job.response = Json::parse(ReadFile(folder / "job-response.json"));
  const Json environment = Json::parse(ReadFile(folder / "env.json"));
  for (const auto& [name, value] : environment.items()) {
    constexpr std::string_view kPrefix = "CUSTOM_ENV_";
    if (name.starts_with(kPrefix)) {
      captured.environment[name.substr(kPrefix.size())] = value;
    }
  }
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (const std::string file = entry.path().filename(); file[0] >= '0' && file[0] <= '9') {
      files.push_back(file);
    }
  }
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    captured.stages.push_back(file.substr(3));
    captured.scripts[captured.stages.back()] = ReadFile(folder / file);
  }
  TakeWhatTheRunnerKnows(captured.scripts.at("build_script"), captured);
  return captured;
}

}  // namespace

std::vector<CapturedJob> LoadCapturedJobs(const std::filesystem::path& folder) {
  std::vector<CapturedJob> jobs;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().filename() == "job-response.json") {
      jobs.push_back(Load(entry.path().parent_path()));
    }
  }
  std::sort(jobs.begin(), jobs.end(),
            [](const CapturedJob& a, const CapturedJob& b) { return a.name < b.name; });
  return jobs;
}

}  // namespace jobwarden::testing
