#include <boost/test/unit_test.hpp>
#include <set>

#include "executor/job_response.h"
#include "executor/job_script.h"
#include "tests/executor/captured.h"
#include "verifier/exposure/plan.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

JobScript ParseScript(const std::filesystem::path& path) {
  auto script = JobScript::Parse(ReadBytes(path));
  BOOST_REQUIRE_MESSAGE(script, path << ": " << script.findings().front().message);
  return std::move(*script);
}

JobResponse ParseResponse(const CapturedJob& job) {
  auto response = JobResponse::Parse(job.Response());
  BOOST_REQUIRE_MESSAGE(response, job.name << ": " << response.findings().front().message);
  return std::move(*response);
}

std::map<std::string, std::string> LastValues(const std::vector<Variable>& variables) {
  std::map<std::string, std::string> values;
  for (const Variable& variable : variables) values[variable.name] = variable.value.view();
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(captured)

BOOST_AUTO_TEST_CASE(all_scripts_are_there) {
  std::size_t scripts = 0;
  for (const CapturedJob& job : CapturedJobs()) scripts += job.scripts.size();
  BOOST_TEST(scripts > 100U);
}

BOOST_AUTO_TEST_CASE(dropping_nothing_gives_the_same_bytes) {
  for (const CapturedJob& job : CapturedJobs()) {
    for (const auto& path : job.scripts) {
      const JobScript script = ParseScript(path);
      const auto same = script.Drop({}, {});
      BOOST_REQUIRE(same);
      BOOST_TEST((same->view() == ReadBytes(path)), path);
    }
  }
}

// Files of file variables are written by one stage and named by another; get_sources of 14.10
// exports GIT_LFS_SKIP_SMUDGE right behind the variables.
BOOST_AUTO_TEST_CASE(variables_are_what_the_runner_says_they_are) {
  for (const CapturedJob& job : CapturedJobs()) {
    const auto environment = job.Environment();
    for (const auto& path : job.scripts) {
      const JobScript script = ParseScript(path);
      const auto values = LastValues(script.variables());
      const std::string stage = path.filename().string();
      const bool none = stage.ends_with("prepare_script") || stage.ends_with("file_variables");
      BOOST_TEST(values.empty() == none, path);
      for (const auto& [name, value] : values) {
        const auto known = environment.find(name);
        if (known == environment.end()) {
          BOOST_TEST((name == "GIT_LFS_SKIP_SMUDGE" || name == "RUNNER_TEMP_PROJECT_DIR"),
                     path << ": " << name);
        } else if (name != "CI_JOB_STATUS") {
          BOOST_TEST((known->second == value), path << ": " << name);
        }
      }
      for (const auto& [name, value] : environment) {
        BOOST_TEST((none || values.contains(name) || name == "CI_JOB_SERVICES" ||
                    name.starts_with("CI_DISPOSABLE") || name == "CI_JOB_IMAGE"),
                   path << ": " << name);
      }
    }
  }
}
BOOST_AUTO_TEST_SUITE_END()
