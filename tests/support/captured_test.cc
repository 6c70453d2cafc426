// What script_writer and runner_job make, held against what real runners made of the same jobs.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/support/captured_job.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

const std::vector<CapturedJob>& Captured() {
  static const std::vector<CapturedJob> jobs = LoadCapturedJobs(InShared("fixtures/gitlab-runner"));
  return jobs;
}

std::string StatusIn(const CapturedJob& captured, const std::string& stage) {
  const auto at = std::find(captured.stages.begin(), captured.stages.end(), stage);
  const auto after =
      std::find_if(captured.stages.begin(), captured.stages.end(), [](const std::string& name) {
        return name == "after_script" || name.starts_with("archive") ||
               name.starts_with("upload") || name.starts_with("cleanup");
      });
  return at < after ? "running" : "success";
}

// The commands of these are the job's own, or the runner's in full.
bool IsWrittenInFull(const CapturedJob& captured, const std::string& stage) {
  const bool newest = captured.job.runner == Runner::k19_4;
  return stage == "build_script" || stage == "after_script" || stage.starts_with("step_") ||
         (stage == "prepare_script" && captured.job.shell != Shell::kPwsh) ||
         (stage == "cleanup_file_variables" && !newest);
}

// Both texts around their first difference; nothing where there is none.
std::string Difference(const std::string& expected, const std::string& got) {
  const auto [a, b] = std::mismatch(expected.begin(), expected.end(), got.begin(), got.end());
  if (a == expected.end() && b == got.end()) {
    return "";
  }
  const auto at = static_cast<std::size_t>(a - expected.begin());
  const std::size_t from = at < 60 ? 0 : at - 60;
  return "expected …" + expected.substr(from, 160) + "…\ngot      …" + got.substr(from, 160) + "…";
}

// Where the word of the inner script ends.
std::string End(const std::string& script) {
  const auto end = script.find_last_of("'\"");
  return script.ends_with("\n}\n\n") ? "\n}\n\n" : script.substr(end);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(captured)

BOOST_AUTO_TEST_CASE(every_captured_job_is_there) {
  BOOST_TEST(Captured().size() >= 35U);
}

BOOST_AUTO_TEST_CASE(stages_are_those_of_the_real_runner) {
  for (const CapturedJob& captured : Captured()) {
    BOOST_TEST_CONTEXT(captured.name) {
      std::vector<std::string> stages = StagesOfJob(captured.job);
      for (const std::string& stage : StagesAfterJob(captured.job, true)) {
        stages.push_back(stage);
      }
      BOOST_TEST(stages == captured.stages, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(environment_is_that_of_the_real_runner) {
  for (const CapturedJob& captured : Captured()) {
    BOOST_TEST_CONTEXT(captured.name) {
      BOOST_TEST((CustomEnvironment(captured.job, {}) == captured.environment));
    }
  }
}

BOOST_AUTO_TEST_CASE(scripts_are_those_of_the_real_runner) {
  for (const CapturedJob& captured : Captured()) {
    for (const std::string& stage : captured.stages) {
      if (!IsWrittenInFull(captured, stage)) {
        continue;
      }
      BOOST_TEST_CONTEXT(captured.name << " " << stage) {
        BOOST_TEST(Difference(captured.scripts.at(stage),
                              ScriptOf(captured.job, {}, stage, StatusIn(captured, stage))) == "");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(variables_and_envelope_of_the_other_stages_are_those_of_the_real_runner) {
  for (const CapturedJob& captured : Captured()) {
    for (const std::string& stage : captured.stages) {
      if (IsWrittenInFull(captured, stage) || stage == "prepare_script") {
        continue;
      }
      BOOST_TEST_CONTEXT(captured.name << " " << stage) {
        const std::vector<Variable> variables =
            AllVariables(captured.job, {}, StatusIn(captured, stage));
        ScriptWriter writer(captured.job.runner, captured.job.shell, variables);
        writer.Variables(variables, TemporaryDir(captured.job, {}),
                         stage == "cleanup_file_variables");
        const std::string script = writer.Script();
        const std::string begin = script.substr(0, script.size() - End(script).size());
        BOOST_TEST(Difference(captured.scripts.at(stage).substr(0, begin.size()), begin) == "");
        BOOST_TEST(captured.scripts.at(stage).ends_with(End(script)));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
