#ifndef JOBWARDEN_VERIFIER_REVIEW_TEST_FILE_H_
#define JOBWARDEN_VERIFIER_REVIEW_TEST_FILE_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/place.h"
#include "verifier/base/result.h"
#include "verifier/base/value.h"
#include "verifier/config/config.h"
#include "verifier/config/problem.h"
#include "verifier/provider/job.h"

namespace jobwarden {

/// What a case, or the base of several, says of a job.
struct TestJob {
  std::optional<Provider> provider;
  std::string issuer;  ///< empty: the only one of the provider, or that of the claim `iss`
  std::optional<Object> claims;  ///< absent: a job without a token
  Object facts;
  std::optional<std::vector<std::string>> audiences;  ///< of the job's other id_tokens
};

/// A job, and what the policy is to decide about it.
struct TestCase {
  std::string name;
  Place place;
  TestJob job;  ///< with what its base says
  bool allow = false;
  std::string rule;  ///< the rule that is to decide; empty: any
  /// The codes of all findings that are to forbid the job; absent: any.
  std::optional<std::vector<std::string>> findings;
};

/// A file of tests, and what is wrong with it.
struct TestFile {
  std::string config;  ///< path of the configuration, as the file has it; empty: none is named
  std::vector<TestCase> cases;
  std::vector<Problem> problems;  ///< not one of the cases counts unless there are none
};

/// The bytes of a file that a test file names, by the path that stands there.
using ReadBeside = std::function<Result<std::string>(const std::string& path)>;

/// About how much memory the jobs of one file may take. A small file can ask for much: each case
/// has all that its base and its file of claims say.
inline constexpr std::size_t kMaxJobsBytes = std::size_t{64} << 20;

/// Reads a file of tests (TOML: docs/tests.md). Lists all mistakes in it.
TestFile ReadTestFile(const std::string& path, std::string_view text, const ReadBeside& read);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_TEST_FILE_H_
