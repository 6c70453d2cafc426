#include "hooks/gitlab/pre_build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hooks/gitlab/job_variables.h"
#include "hooks/gitlab/shell_exposure.h"
#include "verifier/admission/admit.h"
#include "verifier/admission/job_log.h"
#include "verifier/admission/record.h"
#include "verifier/audit/audit.h"
#include "verifier/base/finding.h"
#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/keys/key_cache.h"
#include "verifier/keys/refresh_program.h"
#include "verifier/os/clock.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/policy/rule.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"

namespace jobwarden {
namespace {

void Note(const std::string& text) {
  Say(STDERR_FILENO, fmt::format("jobwarden: {}\n", text));
}

int Refuse(const Findings& findings) {
  Say(STDERR_FILENO, FindingsText(findings));
  return 1;
}

// Any job could meet a rule's demands of facts, because only the job itself states them here.
Findings RulesOnFacts(const Policy& policy) {
  Findings findings;
  for (const auto* rules : {&policy.deny, &policy.allow}) {
    for (const Rule& rule : *rules) {
      if (rule.facts.empty()) continue;
      findings.push_back(
          {Code::kConfigInvalid,
           fmt::format("rule {}: facts cannot be used inside the job, because the job "
                       "could invent them",
                       Quote(rule.name)),
           "use only claims, in a configuration for this hook alone: --config FILE"});
    }
  }
  return findings;
}

// Nothing here is signed, and no token is compared with it. It makes the audit log easier to read,
// and an honest job's fork counts as a fork.
Job JobFrom(const Environment& environment) {
  const auto take = [&](std::string_view name) -> std::optional<std::string> {
    const std::string_view value = environment.Get(name);
    if (value.empty()) return std::nullopt;
    return std::string(value);
  };
  Job job;
  job.provider = Provider::kGitLab;
  job.bindable = false;
  job.server_url = take("CI_SERVER_URL");
  job.job_id = take("CI_JOB_ID");
  job.project_id = take("CI_PROJECT_ID");
  job.project_path = take("CI_PROJECT_PATH");
  job.merge_request_source_project_id = take("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");
  return job;
}

// Prints the commands, one line at a time, so that the shell gets whole commands also from a hook
// that is killed.
bool PrintUnset(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string line = fmt::format("unset -v {}\n", name);
    if (!Say(STDOUT_FILENO, line)) return false;
  }
  return true;
}

// Empties the files before it removes them, because a file may have another name.
void RemoveFiles(const std::vector<std::string>& names, const JobVariables& job) {
  for (const std::string& name : names) {
    const auto file = job.files.find(name);
    if (file == job.files.end()) continue;
    const auto done = OverwriteFile(file->second, "", Code::kStateUnwritable, "file variable");
    if (!done) Say(STDERR_FILENO, FindingsText(AsWarnings(done.findings())));
    unlink(file->second.c_str());
  }
}

}  // namespace

int RunPreBuild(const std::string& config_path, const Environment& environment) {
  const auto config = LoadConfig(config_path, JobsRun::kAsCaller);
  if (!config) return Refuse(config.findings());
  Say(STDERR_FILENO, FindingsText(config->warnings));
  if (auto findings = RulesOnFacts(config->policy); !findings.empty()) return Refuse(findings);

  const JobVariables job = ReadJobVariables(environment.variables());
  const Inventory inventory =
      TakeInventory(job.variables, environment.Get("CI_JOB_TOKEN"), config->issuers,
                    {.secrets = {}, .rules = config->exposure.rules});
  if (auto checked = CheckTokenCount(inventory); !checked) {
    if (config->mode == Mode::kEnforce) return Refuse(checked.findings());
    Say(STDERR_FILENO, FindingsText(InReportMode(std::move(checked).findings())));
    return 0;
  }
  if (!job.unread.empty()) {
    Note("file variables that could not be read: " + QuoteAll(job.unread));
  }

  // The refresh gets nothing of the environment, because the environment is the job's.
  KeyCache keys(config->state_dir, config->job_users, RefreshByProgram(config->path, {}));
  const Job claimed = JobFrom(environment);
  Record record = Admit(claimed, inventory, *config, keys, SystemNow);
  if (record.Runs()) {
    ShellExposure plan = PlanShell(inventory, config->exposure, record.claims, environment);
    for (const std::string& note : plan.notes) Note(note);
    record.exposure = std::move(plan.exposure);
  }
  const bool strips = Strips(record, *config);
  const bool goes_on = record.Runs();
  const std::string text = DecisionText(record, *config, claimed.server_url);

  record.enforced = false;
  const Findings unrecorded = RecordDecision(config->audit, config->job_users, record);
  if (OutcomeOf(unrecorded) != Outcome::kAllow) return Refuse(unrecorded);
  Say(STDERR_FILENO, FindingsText(unrecorded));
  Say(STDERR_FILENO, text);
  if (!goes_on) return 1;
  if (!strips) return 0;
  RemoveFiles(record.exposure.stripped, job);
  return PrintUnset(record.exposure.stripped) ? 0 : 1;
}

}  // namespace jobwarden
