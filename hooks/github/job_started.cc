#include "hooks/github/job_started.h"

#include <fmt/format.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hooks/github/debugger.h"
#include "hooks/github/denial.h"
#include "hooks/github/github_job.h"
#include "hooks/github/guard_folder.h"
#include "hooks/github/id_token.h"
#include "hooks/github/runner_folder.h"
#include "hooks/github/runner_process.h"
#include "hooks/github/shell_watch.h"
#include "hooks/github/step_settings.h"
#include "hooks/github/stop_job.h"
#include "hooks/github/token_broker.h"
#include "hooks/github/workflow_log.h"
#include "hooks/guard/settings.h"
#include "verifier/admission/admit.h"
#include "verifier/admission/one_token.h"
#include "verifier/admission/record.h"
#include "verifier/audit/audit.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/broker/order.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/keys/key_cache.h"
#include "verifier/keys/refresh_program.h"
#include "verifier/os/clock.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/job.h"

namespace jobwarden {
namespace {

constexpr int kRefused = 1;

// Requests a new token for each job, so that no token that somebody has seen can replace it.
Record Decide(const Job& job, const Config& config, const Environment& environment) {
  KeyCache keys(config.state_dir, config.job_users,
                RefreshByProgram(config.path, NetworkSettings(environment)));
  if (!MayRequestIdTokens(environment)) return Admit(job, {}, config, keys, SystemNow);
  const auto asked = IssuerOfJob(config, environment);
  if (!asked) return RefuseWithoutToken(job, config, asked.findings(), SystemNow);
  const std::string audience = FreshAudience(asked->audiences.front());
  auto token = RequestIdToken(config, *asked, audience, environment, JobAge::kBegins);
  if (!token) return RefuseWithoutToken(job, config, token.findings(), SystemNow);
  // The runner reads this line as a command and hides the token in all later output.
  Say(STDOUT_FILENO, MaskLine(token->view()));
  const Issuer issuer = IssuerOfToken(config, *asked, *token);
  return Admit(job, InventoryOf(*std::move(token), issuer), ForOneToken(config, issuer, audience),
               keys, SystemNow);
}

// Adds what was found after the decision. An allow does not outlive a finding that forbids the job.
void Add(Record& record, Findings findings) {
  Append(record.findings, std::move(findings));
  const Outcome outcome = OutcomeOf(record.findings);
  if (outcome == Outcome::kAllow) return;
  record.outcome = outcome;
  record.rule.clear();
}

bool StripsGit(const Record& record, const Config& config) {
  return Strips(record, config) && config.github.strip_git_credentials;
}

GuardSettings SettingsOf(const Record& record, const Config& config, const ShellWatch& watch) {
  GuardSettings settings;
  if (watch.processes()) settings.worker = watch.processes()->worker.pid();
  static_cast<StepSettings&>(settings) = StepSettingsOf(config);
  settings.allowed = record.Runs();
  settings.strips_git = StripsGit(record, config);
  if (!settings.allowed) settings.denial = DenialLines(record, config.help);
  return settings;
}

Status PutGuard(const RunnerFolder& runner, const GuardSettings& settings,
                const Environment& environment) {
  if (auto made = MakeGuardFolder(runner.guard(), settings, environment.Get("PATH")); !made) {
    return made;
  }
  return PutOnPath(std::string(environment.Get("GITHUB_PATH")), runner.guard());
}

// Whether the steps of the job, if it runs, get tickets in place of the right to request id_tokens.
bool Guards(const Config& config, const Environment& environment) {
  return config.mode == Mode::kEnforce && !config.exposure.report_only &&
         config.github.step_tokens != StepAccess::kAll && MayRequestIdTokens(environment);
}

// Puts the broker and the guards between the steps and GitHub.
Status GuardSteps(const Job& job, const Record& record, const Config& config,
                  const RunnerFolder& runner, const ShellWatch& watch, TokenBroker& broker,
                  const Environment& environment) {
  const auto& processes = watch.processes();
  if (!processes) return processes.findings();
  const auto issuer = IssuerOfJob(config, environment);
  if (!issuer) return issuer.findings();
  BrokerOrder order;
  order.url = Secret(std::string(environment.Get(kRequestUrl)));
  order.token = Secret(std::string(environment.Get(kRequestToken)));
  order.issuer = issuer->name;
  order.decision_id = record.id;
  order.rule = record.rule;
  order.policy_sha256 = config.policy_sha256;
  order.socket = runner.broker();
  order.worker = processes->worker.pid();
  order.worker_started = processes->worker.started();
  order.job = job;
  if (auto serves = broker.Serve(order); !serves) return serves;
  GuardSettings settings = SettingsOf(record, config, watch);
  settings.broker = order.socket;
  return PutGuard(runner, settings, environment);
}

std::string_view WhatStepsGet(StepAccess step_tokens) {
  switch (step_tokens) {
    case StepAccess::kListed:
      return "run: steps that this runner does not list may not request id_tokens";
    case StepAccess::kNamed:
      return "run: steps that name neither ACTIONS_ID_TOKEN_REQUEST_URL nor a command that uses it "
             "may not request id_tokens";
    case StepAccess::kAny:
    case StepAccess::kAll:
      break;
  }
  return "run: steps request id_tokens from this runner, which hands on those that its rules "
         "permit";
}

// The one way to refuse a job: shows the reasons, makes the step guard refuse steps, and ends the
// job.
int RefuseJob(const Record& record, const Config& config, const RunnerFolder* runner,
              ShellWatch& watch, const Environment& environment) {
  Say(STDOUT_FILENO, DecisionLog(record, config.help));
  if (const std::string file(environment.Get("GITHUB_STEP_SUMMARY")); !file.empty()) {
    // The annotations hold the same, so a summary that cannot be written is not an error.
    (void)AppendLine(file, DecisionSummary(record, config.help), Code::kStateUnwritable, "summary");
  }
  bool guarded = false;
  if (runner != nullptr) {
    const auto put = PutGuard(*runner, SettingsOf(record, config, watch), environment);
    guarded = bool(put);
    if (!put) Say(STDOUT_FILENO, FindingsAnnotated(put.findings()));
  }
  watch.Stop();
  const bool stopped =
      StopJob(config.github.on_deny, guarded, DenialText(record, config.help), watch.processes());
  return stopped ? kRefused : kGoesOn;
}

// Refuses a job about which nothing could be decided. In report mode the reasons are only shown and
// the job runs, because the fault is the runner's own.
int RefuseUnasked(Findings findings, const Config& config, ShellWatch& watch,
                  const Environment& environment) {
  Job job;
  job.provider = Provider::kGitHub;
  job.run_id = environment.Get("GITHUB_RUN_ID");
  job.repository = environment.Get("GITHUB_REPOSITORY");
  Record record = RefuseWithoutToken(job, config, std::move(findings), SystemNow);
  // Without a configuration it is recorded nowhere, so nobody could look up the id.
  if (config.path.empty()) record.id.clear();
  Add(record, RecordDecision(config.audit, config.job_users, record));
  if (!record.Runs()) return RefuseJob(record, config, nullptr, watch, environment);
  Say(STDOUT_FILENO, DecisionLog(record, config.help));
  return 0;
}

}  // namespace

int RunJobStarted(const std::string& config_path, const Environment& environment) {
  // First of all, while nobody has had the time to end what started this.
  ShellWatch watch(FindRunnerProcesses());
  const auto config = LoadConfig(config_path, JobsRun::kByGitHubRunner);
  if (!config) return RefuseUnasked(config.findings(), {}, watch, environment);
  Say(STDOUT_FILENO, FindingsAnnotated(config->warnings));
  if (config->mode == Mode::kReport) watch.Stop();
  const auto runner = FindRunnerFolder(*config, environment);
  if (!runner) return RefuseUnasked(runner.findings(), *config, watch, environment);
  if (auto made = MakeRunnerFolder(*runner); !made) {
    return RefuseUnasked(made.findings(), *config, watch, environment);
  }
  // A verdict that a crashed job left is not about this job.
  if (auto removed = RemoveVerdicts(*runner); !removed) {
    return RefuseUnasked(removed.findings(), *config, watch, environment);
  }
  const auto job = ReadGitHubJob(environment);
  if (!job) return RefuseUnasked(job.findings(), *config, watch, environment);

  // It starts while the hook waits for GitHub.
  auto broker = Guards(*config, environment)
                    ? std::optional(TokenBroker::Start(*config, environment))
                    : std::nullopt;
  Findings debugger;
  if (watch.processes()) debugger = FindDebugger(watch.processes()->worker.pid());
  Record record = Decide(*job, *config, environment);
  Add(record, std::move(debugger));
  const bool guards = record.Runs() && broker;
  bool failed = false;
  const auto note = [&](Findings findings) {
    failed = failed || OutcomeOf(findings) != Outcome::kAllow;
    Add(record, std::move(findings));
  };
  // The verdict lets containers run, so it is written last, after everything that it promises.
  if (guards) {
    auto put = *broker ? GuardSteps(*job, record, *config, *runner, watch, **broker, environment)
                       : Status(broker->findings());
    if (!put) note(std::move(put).findings());
  } else if (record.Runs() && StripsGit(record, *config)) {
    auto put = PutGuard(*runner, SettingsOf(record, *config, watch), environment);
    if (!put) note(std::move(put).findings());
  }
  note(RecordDecision(config->audit, config->job_users, record));
  if (!failed) {
    auto written = WriteVerdict(*runner, environment, record);
    if (!written) note(std::move(written).findings());
  }
  if (!record.Runs()) {
    broker.reset();
    return RefuseJob(record, *config, &*runner, watch, environment);
  }
  Say(STDOUT_FILENO, DecisionLog(record, config->help));
  if (guards) {
    (*broker)->Keep();
    Say(STDOUT_FILENO, fmt::format("jobwarden: {}\n", WhatStepsGet(config->github.step_tokens)));
  }
  if (StripsGit(record, *config)) {
    Say(STDOUT_FILENO, "jobwarden: run: steps that call no git do not see git's credentials\n");
  }
  return 0;
}

}  // namespace jobwarden
