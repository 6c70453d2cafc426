#include "executor/local/runner_config.h"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>

#include "executor/local/place_lock.h"
#include "verifier/os/process_stat.h"

namespace jobwarden {

std::vector<std::string> ConfigOptions(const std::string& command_line) {
  std::vector<std::string> values;
  std::istringstream words(command_line);
  bool is_value = false;
  for (std::string word; std::getline(words, word, '\0');) {
    if (is_value) values.push_back(word);
    // Go's programs take one dash or two before any name.
    const std::size_t dashes = word.starts_with("--") ? 2 : word.starts_with('-') ? 1 : 0;
    const std::string option = word.substr(dashes, word.find('=') - dashes);
    const bool is_config = dashes > 0 && (option == "c" || option == "config");
    const auto equals = word.find('=');
    if (is_config && equals != std::string::npos) values.push_back(word.substr(equals + 1));
    is_value = is_config && equals == std::string::npos;
  }
  return values;
}

std::vector<std::string> RunnerConfigFiles(const std::string& job_folder,
                                           const Environment& environment) {
  std::vector<std::string> files;
  if (const auto home = environment.Get("HOME"); home.starts_with('/')) {
    files.push_back(fmt::format("{}/.gitlab-runner/config.toml", home));
  }
  std::vector<std::string> told{std::string(environment.Get("CONFIG_FILE"))};
  std::filesystem::path folder;
  if (const auto job = ThisJob(job_folder)) {
    for (auto& each : ConfigOptions(ReadOfProcess(job->runner, "cmdline"))) told.push_back(each);
    std::error_code error;
    folder = std::filesystem::read_symlink(fmt::format("/proc/{}/cwd", job->runner), error);
  }
  for (const std::string& each : told) {
    if (!each.empty()) files.push_back(folder / each);
  }
  return files;
}

}  // namespace jobwarden
