#include "verifier/cli/policy_test_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/os/file.h"
#include "verifier/review/excerpt.h"
#include "verifier/review/test_file.h"
#include "verifier/review/test_report.h"
#include "verifier/review/test_run.h"

namespace jobwarden {
namespace {

constexpr Code kCode = Code::kConfigInvalid;
constexpr std::size_t kMaxClaimsBytes = 256 * 1024;

std::string Beside(const std::string& file, const std::string& path) {
  return (std::filesystem::path(file).parent_path() / path).string();
}

// A configuration, and the cases that were run against it.
struct Bench {
  Config config;
  TestRun run;
  explicit Bench(Config all) : config(std::move(all)), run(config) {}
};

// Runs the files one after the other, and collects what is wrong with any of them.
class Session {
 public:
  Session(std::string config_path, bool config_given)
      : config_path_(std::move(config_path)), config_given_(config_given) {}

  void Run(const std::string& path) {
    const auto text = ReadFile(path, kMaxConfigBytes, kCode, "test file");
    if (!text) return Append(mistakes_, text.findings());
    TestFile file = ReadTestFile(path, *text, [&path](const std::string& named) {
      return ReadFile(Beside(path, named), kMaxClaimsBytes, kCode, "claims");
    });
    if (!file.problems.empty()) return Add(path, *text, std::move(file.problems));
    Bench* bench =
        BenchOf(config_given_ || file.config.empty() ? config_path_ : Beside(path, file.config));
    if (bench != nullptr) Add(path, *text, bench->run.Run(path, file));
  }

  const Findings& mistakes() const { return mistakes_; }

  TestOutcome Take(const PolicyTestOptions& options) const {
    TestOutcome outcome;
    for (const auto& [path, bench] : benches_) {
      if (bench == nullptr) continue;
      const auto& results = bench->run.results();
      outcome.results.insert(outcome.results.end(), results.begin(), results.end());
      if (options.coverage || options.min_coverage) {
        outcome.coverage.push_back(&bench->run.coverage());
      }
    }
    outcome.min_coverage = options.min_coverage;
    return outcome;
  }

 private:
  void Add(const std::string& path, std::string_view text, std::vector<Problem> problems) {
    for (Problem& each : problems) {
      each.finding.message = fmt::format("{}: {}\n{}", PlaceText({path}, each.place),
                                         each.finding.message, Excerpt(text, each.place));
      if (each.finding.message.ends_with('\n')) each.finding.message.pop_back();
      mistakes_.push_back(std::move(each.finding));
    }
  }

  // Null: the configuration cannot be read, which is said once.
  Bench* BenchOf(const std::string& path) {
    const auto [bench, is_new] = benches_.try_emplace(path);
    if (!is_new) return bench->second.get();
    const auto files = ReadConfigFiles(path);
    auto config = files ? ParseConfig(*files) : Result<Config>(files.findings());
    if (config) {
      bench->second = std::make_unique<Bench>(*std::move(config));
    } else {
      Append(mistakes_, std::move(config).findings());
    }
    return bench->second.get();
  }

  std::string config_path_;
  bool config_given_;
  std::map<std::string, std::unique_ptr<Bench>> benches_;
  Findings mistakes_;
};

}  // namespace

int RunPolicyTest(const std::string& config_path, bool config_given,
                  const PolicyTestOptions& options) {
  const TestFormat format = options.json ? TestFormat::kJson : options.format;
  Session session(config_path, config_given);
  for (const std::string& path : options.files) session.Run(path);
  if (!session.mistakes().empty()) return Fail(session.mistakes(), format == TestFormat::kJson);
  const TestOutcome outcome = session.Take(options);
  return Answer(WriteTests(outcome, format), outcome.good() ? Outcome::kAllow : Outcome::kDeny);
}

}  // namespace jobwarden
