#include <fmt/format.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "executor/foretell.h"
#include "executor/job_input.h"
#include "executor/stage.h"
#include "executor/stage_exposure.h"
#include "executor/verdict.h"
#include "executor/wrap/wrapped_driver.h"
#include "verifier/admission/admit.h"
#include "verifier/admission/job_log.h"
#include "verifier/admission/verdict.h"
#include "verifier/audit/audit.h"
#include "verifier/keys/key_cache.h"
#include "verifier/keys/refresh_program.h"
#include "verifier/os/clock.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

Record Decide(ReceivedJob& job, const Call& call, const Config& config) {
  if (!job.problems.empty()) {
    return RefuseWithoutToken(job.response ? job.response->job() : Job(), config,
                              WithHints(job.problems), SystemNow);
  }
  AddLocations(*job.response, job.inventory);
  KeyCache keys(config.state_dir, config.job_users,
                RefreshByProgram(config.path, NetworkSettings(call.environment)));
  Record record = Admit(job.response->job(), job.inventory, config, keys, SystemNow);
  record.exposure = Foretell(job.inventory, *job.response, call, config);
  return record;
}

}  // namespace

int RunPrepareStage(const Call& call) {
  const Environment& environment = call.environment;
  const auto folder = JobFolder(environment);
  if (!folder) return Fail(environment, folder.findings());
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) return Fail(environment, config.findings());
  ReceivedJob job = ReceiveJob(environment, *config);
  // In report mode the job runs, and its record says that it could not be read.
  if (!job.problems.empty() && config->mode == Mode::kEnforce) {
    return Fail(environment, job.problems);
  }
  const Record record = Decide(job, call, *config);

  // Nothing is promised before it is written: the verdict, which lets the job run, comes last.
  const Findings unrecorded = RecordDecision(config->audit, config->job_users, record);
  if (OutcomeOf(unrecorded) != Outcome::kAllow) return Fail(environment, unrecorded);
  Say(STDERR_FILENO, FindingsText(unrecorded));
  const auto fail = [&](const Findings& findings) {
    const int status = Fail(environment, findings);
    Say(STDERR_FILENO, fmt::format("jobwarden: decision {}\n", record.id));
    return status;
  };
  if (Strips(record, *config)) {
    const std::string path(environment.Get("JOB_RESPONSE_FILE"));
    if (auto done = FilterJobResponse(path, *job.response, job.inventory, record.exposure); !done) {
      return fail(done.findings());
    }
  }
  if (auto written = WriteVerdict(VerdictPathIn(*folder), record);
      !written && !GoesOn(*config, written.findings())) {
    return fail(written.findings());
  }
  Say(STDOUT_FILENO,
      DecisionText(record, *config,
                   job.response ? job.response->job().server_url : std::optional<std::string>()));
  if (!record.Runs()) return ExitStatus(environment, record.outcome);
  if (config->executor.driver == Driver::kLocal) return 0;
  const auto masked = OutputMask(job.inventory, *config, environment);
  const auto status =
      RunWrappedPrepare({*config, environment, call.job_limits, *folder,
                         job.response ? &*job.response : nullptr, &job.inventory, masked});
  return status ? *status : Fail(environment, status.findings());
}

}  // namespace jobwarden
