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
int RunPrepareStage(const Call& call) {
  const Environment& environment = call.environment;
  const auto folder = JobFolder(environment);
  if (!folder) return Fail(environment, folder.findings());
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) return Fail(environment, config.findings());
  const auto response = ReadJobResponse(environment);
  if (!response) return Fail(environment, response.findings());

  auto inventory = TakeJobInventory(response->variables(), *response, environment, *config);
  if (!inventory) return Fail(environment, inventory.findings());
  AddPlaces(*response, *inventory);
  KeyCache keys(config->state_dir, config->job_users,
                RefreshByProgram(config->path, NetworkSettings(environment)));
  Record record = Admit(response->job(), *inventory, *config, keys, SystemNow);
  record.exposure = Foretell(*inventory, *response, call, *config);

  // Nothing is promised before it is written: the verdict, which lets the job run, comes last.
  const Findings unrecorded = RecordDecision(config->audit, config->job_users, record);
  if (OutcomeOf(unrecorded) != Outcome::kAllow) return Fail(environment, unrecorded);
  Say(STDERR_FILENO, FindingsText(unrecorded));
  if (Strips(record, *config)) {
    const std::string path(environment.Get("JOB_RESPONSE_FILE"));
    if (auto done = FilterJobResponse(path, *response, *inventory, record.exposure); !done) {
      return Fail(environment, done.findings());
    }
  }
  if (auto written = WriteVerdict(VerdictPathIn(*folder), record); !written) {
    return Fail(environment, written.findings());
  }
  Say(STDOUT_FILENO, DecisionText(record, *config, response->job().server_url));
  if (!record.Runs()) return ExitStatus(environment, record.outcome);
  if (config->executor.driver == Driver::kLocal) return 0;
  const auto masked = OutputMask(*inventory, *config);
  const auto status = RunWrappedPrepare(
      {*config, environment, call.job_limits, *folder, &*response, &*inventory, masked.get()});
  return status ? *status : Fail(environment, status.findings());
}

}  // namespace jobwarden
