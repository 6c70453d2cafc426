#ifndef JOBWARDEN_VERIFIER_REVIEW_TEST_RUN_H_
#define JOBWARDEN_VERIFIER_REVIEW_TEST_RUN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "verifier/base/place.h"
#include "verifier/config/config.h"
#include "verifier/review/test_file.h"

namespace jobwarden {

/// A case that was run.
struct CaseResult {
  std::string file;  ///< path of the test file
  std::string name;
  Place place;
  std::string decision;  ///< `allowed by rule "x"`, `denied: FORK_DENIED`
  /// What was not as expected: expected and got. Empty: the case passed.
  std::vector<std::string> differences;
  std::vector<std::string> reasons;  ///< the findings' messages, for a reader of differences
};

/// How well the cases know the rules of one configuration. A rule is touched if it applies to the
/// job of some case; a condition, if in some case it alone keeps its rule from applying. So without
/// a touched condition some case would fail, or could.
class Coverage {
 public:
  /// Does not own `config`.
  explicit Coverage(const Config& config);

  struct Condition {
    std::string name;  ///< `claims.ref`, `facts.image`
    Place place;
    bool touched = false;
  };
  struct RuleCoverage {
    std::string name;
    bool is_deny;
    Place place;
    bool touched = false;
    std::vector<Condition> conditions;
  };

  const std::vector<std::string>& files() const { return config_.files; }
  const std::vector<RuleCoverage>& rules() const { return rules_; }
  std::size_t total() const;    ///< rules and conditions
  std::size_t touched() const;  ///< of them

 private:
  friend class TestRun;
  const Config& config_;
  std::vector<RuleCoverage> rules_;  // deny rules first
};

/// Runs the cases of a file against a configuration's rules, by the functions that decide about
/// jobs. There is no key and no network in it: claims are taken as they are.
class TestRun {
 public:
  /// Does not own `config`.
  explicit TestRun(const Config& config) : config_(config), coverage_(config) {}

  /// Runs all cases. Returns what is wrong with them, such as a rule that is not there; then no
  /// case of this file is among the results.
  std::vector<Problem> Run(const std::string& path, const TestFile& file);

  const std::vector<CaseResult>& results() const { return results_; }
  const Coverage& coverage() const { return coverage_; }

 private:
  const Config& config_;
  Coverage coverage_;
  std::vector<CaseResult> results_;
};

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_TEST_RUN_H_
