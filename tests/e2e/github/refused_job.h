#ifndef JOBWARDEN_TESTS_E2E_GITHUB_REFUSED_JOB_H_
#define JOBWARDEN_TESTS_E2E_GITHUB_REFUSED_JOB_H_

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/github/runner_machine.h"

namespace jobwarden::testing {

/// The step of the runner's own in which the job-started hook runs.
inline const std::string kSetUp = "Set up runner";

/// Steps that run whatever happened before them, and would show it.
std::vector<GitHubStep> StubbornSteps();

/// Whether the job was refused for this code before any of its steps, and for good.
boost::test_tools::predicate_result Refused(const GitHubRun& run, const std::string& code);

/// The newest line of the audit.
nlohmann::json LastRecord(const RunnerMachine& machine);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_GITHUB_REFUSED_JOB_H_
