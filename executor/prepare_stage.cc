#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "executor/job_input.h"
#include "executor/shell.h"
#include "executor/stage.h"
#include "executor/verdict.h"
#include "executor/wrapped_driver.h"
#include "verifier/admission/admit.h"
#include "verifier/admission/job_log.h"
#include "verifier/audit/audit.h"
#include "verifier/exposure/plan.h"
#include "verifier/keys/key_cache.h"
#include "verifier/keys/refresh_program.h"
#include "verifier/os/file.h"

namespace jobwarden {
namespace {

// What the stages will come to: a name that one of the job's steps uses is somewhere kept.
Record::Exposure Foretell(const Inventory& inventory, const JobResponse& response,
                          const ExposureSettings& settings) {
  std::set<std::string> kept;
  std::set<std::string> stripped;
  const std::string_view keep = response.VariableValue("JOBWARDEN_KEEP");
  for (const auto& step : response.steps()) {
    const Plan plan = MakePlan(inventory, {step.text, keep}, settings);
    kept.merge(plan.Kept());
    stripped.merge(plan.Stripped());
  }
  if (response.steps().empty()) stripped = MakePlan(inventory, {"", keep}, settings).Stripped();
  Record::Exposure exposure;
  std::set_difference(stripped.begin(), stripped.end(), kept.begin(), kept.end(),
                      std::back_inserter(exposure.stripped));
  exposure.kept.assign(kept.begin(), kept.end());
  return exposure;
}

// Writes the copy of the job response without what is stripped everywhere over the file. A call
// that ends halfway leaves what no later stage can read.
Status FilterJobResponse(const std::string& path, const JobResponse& response,
                         const Inventory& inventory, const Record::Exposure& exposure) {
  const std::set<std::string> names(exposure.stripped.begin(), exposure.stripped.end());
  const auto gone = ValuesGone(inventory, names);
  return OverwriteFile(path, response.Without(names, gone).view(), Code::kStateUnwritable,
                       "job response");
}

}  // namespace

int RunPrepareStage(const Call& call) {
  const Environment& environment = call.environment;
  const auto folder = JobFolder(environment);
  if (!folder) return Fail(environment, folder.findings());
  const auto config = LoadConfig(call.arguments.config_path, JobsRun::kByExecutor);
  if (!config) return Fail(environment, config.findings());
  const auto response = ReadJobResponse(environment);
  if (!response) return Fail(environment, response.findings());

  const auto inventory =
      TakeJobInventory(response->variables(), *response, environment, config->issuers);
  if (!inventory) return Fail(environment, inventory.findings());
  KeyCache keys(config->state_dir, config->job_users,
                RefreshByProgram(config->path, ProxySettings(environment)));
  Record record = Admit(response->job(), *inventory, *config, keys, SystemNow);
  record.exposure = Foretell(*inventory, *response, config->exposure);

  // Nothing is promised before it is written: the verdict, which lets the job run, comes last.
  if (auto recorded = AppendAudit(config->audit, config->job_users, record); !recorded) {
    if (config->audit.required) return Fail(environment, recorded.findings());
    for (Finding& finding : recorded.findings()) finding.report_only = true;
    Say(STDERR_FILENO, FindingsText(recorded.findings()));
  }
  const bool strips = record.enforced && !config->exposure.report_only;
  if (strips && !record.exposure.stripped.empty()) {
    const std::string path(environment.Get("JOB_RESPONSE_FILE"));
    if (auto done = FilterJobResponse(path, *response, *inventory, record.exposure); !done) {
      return Fail(environment, done.findings());
    }
  }
  if (auto written = WriteVerdict(*folder, record); !written) {
    return Fail(environment, written.findings());
  }
  Say(STDOUT_FILENO, DecisionText(record, *config, response->job().server_url));
  if (!record.Runs()) return ExitStatus(environment, record.outcome);
  if (config->executor.driver == Driver::kLocal) return 0;
  const auto status = RunWrappedPrepare(call, *config, *response, *inventory);
  return status ? *status : Fail(environment, status.findings());
}

}  // namespace jobwarden
