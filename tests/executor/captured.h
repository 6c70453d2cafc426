#ifndef JOBWARDEN_TESTS_EXECUTOR_CAPTURED_H_
#define JOBWARDEN_TESTS_EXECUTOR_CAPTURED_H_

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "verifier/base/json.h"
#include "verifier/provider/issuer.h"

namespace jobwarden::testing {

inline std::string ReadBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A job that was captured from a real runner.
struct CapturedJob {
  std::filesystem::path folder;
  std::string name;  ///< `19.4-bash/plain`
  std::vector<std::filesystem::path> scripts;

  std::string Response() const { return ReadBytes(folder / "job-response.json"); }
  /// CUSTOM_ENV_NAME without the prefix.
  std::map<std::string, std::string> Environment() const {
    constexpr std::string_view kPrefix = "CUSTOM_ENV_";
    const auto json = ParseJson(ReadBytes(folder / "env.json"), {.max_bytes = 1U << 24U},
                                Code::kJobUnreadable, "");
    std::map<std::string, std::string> environment;
    for (const Member& member : json.value().AsObject()->members()) {
      if (member.name.starts_with(kPrefix)) {
        environment[member.name.substr(kPrefix.size())] = *member.value.AsString();
      }
    }
    return environment;
  }
};

inline std::vector<CapturedJob> CapturedJobs() {
  namespace fs = std::filesystem;
  std::vector<CapturedJob> jobs;
  const fs::path top = fs::path(JOBWARDEN_SHARED) / "fixtures/gitlab-runner";
  for (const auto& version : fs::directory_iterator(top)) {
    if (!version.is_directory()) continue;
    for (const auto& folder : fs::directory_iterator(version)) {
      CapturedJob job{folder.path(),
                      version.path().filename().string() + "/" + folder.path().filename().string(),
                      {}};
      for (const auto& file : fs::directory_iterator(folder)) {
        const char first = file.path().filename().string().front();
        if (first >= '0' && first <= '9') job.scripts.push_back(file.path());
      }
      std::sort(job.scripts.begin(), job.scripts.end());
      jobs.push_back(std::move(job));
    }
  }
  std::sort(jobs.begin(), jobs.end(),
            [](const CapturedJob& a, const CapturedJob& b) { return a.name < b.name; });
  return jobs;
}

inline std::vector<Issuer> CapturedIssuers() {
  Issuer issuer;
  issuer.name = "gitlab";
  issuer.url = "https://gitlab.example.com";
  issuer.audiences = {"https://ci-runners.example.com"};
  return {issuer};
}

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_EXECUTOR_CAPTURED_H_
