#include "tests/e2e/wrap_host.h"

#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include "tests/support/places.h"

namespace jobwarden::testing {
namespace {

Environment ReadEnvironment(const std::string& block) {
  Environment environment;
  for (std::size_t at = 0; at < block.size();) {
    const auto end = block.find('\0', at);
    const auto equals = block.find('=', at);
    environment[block.substr(at, equals - at)] = block.substr(equals + 1, end - equals - 1);
    at = end + 1;
  }
  return environment;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    lines.push_back(text.substr(at, text.find('\n', at) - at));
  }
  return lines;
}

}  // namespace

const std::string kDrivers = InCheckout("tests/support");

const std::vector<std::string> kTokens = {"JOBWARDEN_ID_TOKEN", "VAULT_ID_TOKEN",
                                          "PYPI_STAGING_ID_TOKEN"};

void TakeTokensAway(Environment& environment) {
  for (const std::string& name : kTokens) environment.erase("CUSTOM_ENV_" + name);
}

std::string Signature(const RunnerHost& host, const Job& job, const std::string& name) {
  const std::string text = host.TokenOf(job, name);
  return text.substr(text.rfind('.') + 1);
}

bool Ends(const std::string& line) {
  const std::string command = "/proc/" + line.substr(0, line.find('\n')) + "/cmdline";
  for (int tries = 0; tries < 1000; ++tries) {
    if (Slurp(command).empty()) return line.ends_with('\n');
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

std::string DriverRecord::everything() const {
  std::string text = response + script;
  for (const auto& [key, value] : environment) {
    text.append(key).append("=").append(value).append("\n");
  }
  return text;
}

WrapHost::WrapHost() {
  std::filesystem::create_directory(Path("driver"));
  Answer({{"builds_dir", Path("builds")}, {"cache_dir", Path("cache")}});
  Wrap(WrapCommands("\"" + kDrivers + "/recording_driver\", \"" + Path("driver") + "\""));
  options.before_call = [this](const CallAhead& call) {
    given[call.name] = call.environment;
    given_response[call.name] = Slurp(call.job_response);
  };
}

void WrapHost::Answer(const nlohmann::ordered_json& answer) {
  folder.Write("driver/answer.json", answer.dump());
}

std::vector<DriverRecord> WrapHost::Records() const {
  std::vector<DriverRecord> records;
  if (!std::filesystem::exists(Path("driver/calls"))) return records;
  std::set<std::string> names;
  for (const auto& each : std::filesystem::directory_iterator(Path("driver/calls"))) {
    names.insert(each.path().filename());
  }
  for (const std::string& name : names) {
    const std::string call = Path("driver/calls/" + name + "/");
    records.push_back(
        {name.substr(name.find('-') + 1), ReadEnvironment(Slurp(call + "environment")),
         Lines(Slurp(call + "arguments")), Slurp(call + "folder"), Slurp(call + "response.json"),
         Slurp(call + "script"), Slurp(call + "mode")});
  }
  return records;
}

DriverRecord WrapHost::Of(const std::string& name) const {
  for (DriverRecord& record : Records()) {
    if (record.name == name) return std::move(record);
  }
  BOOST_ERROR("the driver was not called: " + name);
  return {};
}

std::vector<std::string> WrapHost::Called() const {
  std::vector<std::string> names;
  for (const DriverRecord& record : Records()) names.push_back(record.name);
  return names;
}

}  // namespace jobwarden::testing
