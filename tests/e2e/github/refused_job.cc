#include "tests/e2e/github/refused_job.h"

namespace jobwarden::testing {

std::vector<GitHubStep> StubbornSteps() {
  GitHubStep action = Action({"/bin/sh", "-c", "echo the action ran"}, "action");
  action.condition = "always()";
  action.pre = action.post = action.main;
  return {AlwaysRun("echo the step ran", "step"), action};
}

boost::test_tools::predicate_result Refused(const GitHubRun& run, const std::string& code) {
  if (run.outcome != GitHubRun::Outcome::kFailed) return No("the job did not fail:\n" + run.log());
  if (run.worker_died) return No("the worker was killed, and what it had not sent is lost");
  for (const GitHubStepRun& step : run.steps) {
    if (step.name != kSetUp && step.conclusion != "skipped")
      return No("step " + step.name + " ran");
  }
  for (const Annotation& annotation : run.annotations) {
    if (annotation.level == "error" && annotation.message.starts_with(code + ": ")) return true;
  }
  return No("no error " + code + " in:\n" + run.log());
}

nlohmann::json LastRecord(const RunnerMachine& machine) {
  const std::string audit = machine.audit();
  const auto end = audit.find_last_not_of('\n');
  BOOST_REQUIRE(end != audit.npos);
  const auto begin = audit.rfind('\n', end);
  return nlohmann::json::parse(audit.substr(begin == audit.npos ? 0 : begin + 1, end + 1));
}

}  // namespace jobwarden::testing
