#ifndef JOBWARDEN_VERIFIER_REVIEW_TEST_REPORT_H_
#define JOBWARDEN_VERIFIER_REVIEW_TEST_REPORT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/review/test_run.h"

namespace jobwarden {

/// How results of tests are written.
enum class TestFormat {
  kText,    ///< for people: what failed, and a summary
  kJunit,   ///< JUnit's XML, as GitLab's `artifacts:reports:junit` reads it
  kGitHub,  ///< workflow commands, which GitHub shows at the lines of a pull request
  kGitLab,  ///< Code Quality's JSON, which GitLab shows at the lines of a merge request
  kTap,     ///< Test Anything Protocol, version 14
  kJson,    ///< one line
};

/// The word of the command line: `junit`, `github`, `gitlab`, `tap`, `json`, `text`.
std::optional<TestFormat> TestFormatFromName(std::string_view name);

/// What was run.
struct TestOutcome {
  std::vector<CaseResult> results;
  std::vector<const Coverage*> coverage;  ///< to be reported, of each configuration; may be empty
  std::optional<unsigned> min_coverage;   ///< per cent

  std::size_t failed() const;
  /// Of all rules and conditions, in per cent, rounded down; 100 where there are none.
  unsigned percent() const;
  bool good() const { return failed() == 0 && (!min_coverage || percent() >= *min_coverage); }
};

std::string WriteTests(const TestOutcome& outcome, TestFormat format);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_TEST_REPORT_H_
