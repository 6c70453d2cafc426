#include "verifier/bundle/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "verifier/base/text.h"
#include "verifier/bundle/bundle.h"
#include "verifier/review/check.h"
#include "verifier/review/test_file.h"
#include "verifier/review/test_run.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kPolicyRefused;
constexpr std::size_t kMost = 10;

// Adds a finding, or counts it where there are enough.
class Refusals {
 public:
  void Add(std::string message, std::string hint) {
    if (findings_.size() < kMost) {
      if (hint.empty()) hint = "correct it, and sign the policy again";
      findings_.push_back({kCode, std::move(message), std::move(hint)});
    } else {
      ++more_;
    }
  }
  bool empty() const { return findings_.empty(); }
  Findings Take() {
    if (more_ > 0) findings_.push_back({kCode, fmt::format("and {} more", more_)});
    return std::move(findings_);
  }

 private:
  Findings findings_;
  std::size_t more_ = 0;
};

// The rules of the bundle alone, with the settings of the configuration.
Result<Config> FleetConfig(const std::vector<ConfigFile>& own,
                           const std::vector<ConfigFile>& rules) {
  std::vector<ConfigFile> files{own.front()};
  files.insert(files.end(), rules.begin(), rules.end());
  auto config = ParseConfig(files);
  if (!config) return config;
  for (auto* each : {&config->policy.allow, &config->policy.deny}) {
    std::erase_if(*each, [](const Rule& rule) { return rule.place.file == 0; });
  }
  return config;
}

Result<std::string> Beside(const std::vector<BundleFile>& files, const std::string& test,
                           const std::string& named) {
  const std::string path =
      (std::filesystem::path(test).parent_path() / named).lexically_normal().string();
  const auto found = std::find_if(files.begin(), files.end(),
                                  [&](const BundleFile& each) { return each.path == path; });
  if (found != files.end()) return found->bytes;
  return Finding{Code::kConfigInvalid, fmt::format("{} is not in the bundle", Quote(path)),
                 "put it below tests/"};
}

void AddProblems(Refusals& refusals, const std::string& path, std::vector<Problem> problems) {
  for (Problem& each : problems) {
    refusals.Add(fmt::format("{}: {}", PlaceText({path}, each.place), each.finding.message),
                 std::move(each.finding.hint));
  }
}

}  // namespace

Result<Trial> TryBundle(const std::vector<BundleFile>& files, const std::vector<ConfigFile>& own) {
  std::vector<ConfigFile> rules;
  for (const BundleFile& file : files) {
    if (IsRules(file)) rules.push_back({file.path, file.bytes});
  }
  std::sort(rules.begin(), rules.end(),
            [](const ConfigFile& a, const ConfigFile& b) { return a.path < b.path; });
  std::vector<ConfigFile> all = own;
  all.insert(all.end(), rules.begin(), rules.end());
  const Review review = ReviewConfig(all);
  Trial trial;
  Refusals refusals;
  for (const Remark& each : review.remarks) {
    if (each.is_mistake) {
      refusals.Add(fmt::format("{}: {}", PlaceText(review.files, each.place), each.message),
                   each.hint);
    } else if (each.place.file >= own.size()) {
      ++trial.warnings;
    }
  }
  if (!refusals.empty()) return refusals.Take();

  const auto config = FleetConfig(own, rules);
  if (!config) return config.findings();
  trial.rules = config->policy.allow.size() + config->policy.deny.size();
  TestRun run(*config);
  for (const BundleFile& file : files) {
    if (!IsTests(file)) continue;
    TestFile tests = ReadTestFile(file.path, file.bytes, [&](const std::string& named) {
      return Beside(files, file.path, named);
    });
    if (tests.problems.empty()) tests.problems = run.Run(file.path, tests);
    AddProblems(refusals, file.path, std::move(tests.problems));
  }
  for (const CaseResult& each : run.results()) {
    if (each.differences.empty()) continue;
    refusals.Add(fmt::format("{}: the test {} fails: {}", PlaceText({each.file}, each.place),
                             Quote(each.name), Join(each.differences, "; ")),
                 "correct the rule or the test, and sign the bundle again");
  }
  if (!refusals.empty()) return refusals.Take();
  trial.cases = run.results().size();
  return trial;
}

}  // namespace jobwarden
