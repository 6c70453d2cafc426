// The probe of the driver: `prepare`, as GitLab Runner calls it.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "verifier/base/encoding.h"
#include "verifier/base/json.h"
#include "verifier/base/text.h"
#include "verifier/doctor/probe.h"
#include "verifier/doctor/probe_case.h"
#include "verifier/keys/stored_keys.h"
#include "verifier/os/clock.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"

namespace jobwarden {
namespace {

constexpr const char* kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::chrono::seconds kPatience{30};
// Unlike the exit codes of shells and loaders.
constexpr int kBuildFailure = 64;
constexpr int kSystemFailure = 65;

const std::string kSha(40, '1');

Object ClaimsAt(std::chrono::sys_seconds now, std::string_view issuer, std::string_view audience) {
  const std::int64_t time = now.time_since_epoch().count();
  return Object{{"iss", issuer},
                {"aud", audience},
                {"iat", time},
                {"nbf", time - 5},
                {"exp", time + 300},
                {"jti", "probe"},
                {"sub", "project_path:jobwarden/probe:ref_type:branch:ref:main"},
                {"namespace_id", "1"},
                {"namespace_path", "jobwarden"},
                {"project_id", "1"},
                {"project_path", "jobwarden/probe"},
                {"job_project_id", "1"},
                {"job_project_path", "jobwarden/probe"},
                {"user_id", "1"},
                {"user_login", "probe"},
                {"pipeline_id", "1"},
                {"pipeline_source", "push"},
                {"job_id", "1"},
                {"ref", "main"},
                {"ref_type", "branch"},
                {"ref_path", "refs/heads/main"},
                {"ref_protected", "true"},
                {"runner_id", 1},
                {"runner_environment", "self-hosted"},
                {"sha", kSha}};
}

Object Variable(std::string_view name, std::string_view value) {
  return Object{{"key", name}, {"value", value}, {"public", true}, {"masked", false}};
}

std::string JobResponse(const std::optional<std::string>& token, std::string_view server) {
  Array variables{Variable("CI_SERVER_URL", server),
                  Variable("CI_JOB_ID", "1"),
                  Variable("CI_PIPELINE_ID", "1"),
                  Variable("CI_PROJECT_ID", "1"),
                  Variable("CI_PROJECT_PATH", "jobwarden/probe"),
                  Variable("CI_PIPELINE_SOURCE", "push"),
                  Variable("CI_RUNNER_ID", "1"),
                  Variable("CI_COMMIT_REF_NAME", "main")};
  if (token) variables.emplace_back(Variable("PROBE_ID_TOKEN", *token));
  return WriteJson(
      Object{{"id", 1},
             {"token", "jobwarden-probe-job-token"},
             {"job_info", Object{{"name", "probe"},
                                 {"stage", "probe"},
                                 {"project_id", 1},
                                 {"project_full_path", "jobwarden/probe"},
                                 {"pipeline_id", 1},
                                 {"user_id", 1}}},
             {"git_info", Object{{"repo_url", "https://probe.invalid/jobwarden/probe.git"},
                                 {"ref", "main"},
                                 {"sha", kSha},
                                 {"ref_type", "branch"},
                                 {"protected", true}}},
             {"variables", std::move(variables)},
             {"steps", Array{Object{{"name", "script"}, {"script", Array{"true"}}}}}});
}

// The driver's command line for `prepare`, as config.toml has it.
struct Command {
  std::string program;
  std::vector<std::string> arguments;
};

std::optional<Command> WiredCommand(const Patient& patient) {
  for (const RunnerTable& runner : patient.runners) {
    const Node* custom = runner.table->Find("custom");
    const Node* exec = custom == nullptr ? nullptr : custom->Find("prepare_exec");
    const Node* args = custom == nullptr ? nullptr : custom->Find("prepare_args");
    const auto* program = exec == nullptr ? nullptr : exec->As<std::string>();
    const auto* words = args == nullptr ? nullptr : args->As<Node::List>();
    if (program == nullptr || words == nullptr) continue;
    Command command{*program, {}};
    for (const Node& word : *words) {
      if (const auto* text = word.As<std::string>()) command.arguments.push_back(*text);
    }
    return command;
  }
  return std::nullopt;
}

struct Answer {
  bool allowed = false;  ///< the job would have run
  bool refused = false;  ///< it was denied, for good
  std::string log{};
  std::string problem{};  ///< what kept the driver from an answer
};

Answer Play(const Command& command, const std::string& folder,
            const std::optional<std::string>& token, std::string_view server) {
  const std::string response = folder + "/response.json";
  const std::string verdict = folder + "/verdict.json";
  unlink(verdict.c_str());
  const auto written = WriteFileAtomically(response, JobResponse(token, server), 0600,
                                           Code::kStateUnwritable, "job response");
  if (!written) return {.problem = written.findings().front().message};
  const auto end =
      RunProgram({.path = command.program,
                  .arguments = command.arguments,
                  .environment = {kPath, "TMPDIR=" + folder, "JOB_RESPONSE_FILE=" + response,
                                  fmt::format("BUILD_FAILURE_EXIT_CODE={}", kBuildFailure),
                                  fmt::format("SYSTEM_FAILURE_EXIT_CODE={}", kSystemFailure),
                                  "CUSTOM_ENV_CI_JOB_ID=1"},
                  .input = {},
                  .timeout = kPatience},
                 Code::kDriverFailed, "driver");
  if (!end) return {.problem = end.findings().front().message};
  if (end->timed_out) return {.problem = "it did not end in time"};
  Answer answer;
  answer.log = end->output + end->errors;
  answer.allowed = end->exit_code == 0;
  answer.refused = end->exit_code == kBuildFailure;
  if (!answer.allowed && !answer.refused) {
    answer.problem =
        fmt::format("exit status {}: {}", end->exit_code,
                    LibraryWords(std::string_view(answer.log).substr(0, answer.log.find('\n'))));
  }
  return answer;
}

constexpr const char* kReplaced =
    "the driver is not the one that was installed, or it is broken: install it again";

// The driver under the probe's own issuer: every case.
std::vector<Diagnosis> ProbeProgram(const std::string& program, const std::string& folder) {
  const ProbeKey key;
  const ProbeKey other;
  const std::string config = folder + "/probe.toml";
  const std::string text = fmt::format(
      "version = 1\nstate_dir = \"{0}/state\"\n[[issuer]]\nname = \"probe\"\n"
      "provider = \"gitlab\"\nurl = \"{1}\"\naudience = \"{2}\"\n"
      "[issuer.keys]\nfile = \"{0}/keys.json\"\n"
      "[[allow]]\nname = \"probe\"\nclaims = {{ project_id = 1 }}\n"
      "[executor]\nshared_user = true\nbuilds_dir = \"{0}/builds\"\ncache_dir = \"{0}/cache\"\n",
      folder, kProbeIssuer, kProbeAudience);
  for (const auto& [path, bytes] :
       {std::pair(config, text), {folder + "/keys.json", key.KeySet(kProbeKid)}}) {
    auto written = WriteFileAtomically(path, bytes, 0600, Code::kStateUnwritable, "probe");
    if (!written) {
      return {
          {Health::kFailed, written.findings().front().message, "see that /tmp can be written"}};
    }
  }
  const Command command{program, {"--config", config, "prepare"}};
  std::vector<Diagnosis> all;
  std::size_t refused = 0;
  for (const ProbeCase each : kProbeCases) {
    const auto token =
        TokenOf(each, ClaimsAt(SystemNow(), kProbeIssuer, kProbeAudience), "job_id", key, other);
    const Answer answer = Play(command, folder, token, kProbeIssuer);
    const std::string job = fmt::format("a job with {}", ProbeCaseName(each));
    if (!answer.problem.empty()) {
      all.push_back({Health::kFailed, fmt::format("{}: {}", job, answer.problem), kReplaced});
    } else if (each == ProbeCase::kGood && !answer.allowed) {
      all.push_back({Health::kFailed, job + " is refused, and should run", kReplaced});
    } else if (each == ProbeCase::kGood && access((folder + "/verdict.json").c_str(), F_OK) != 0) {
      all.push_back({Health::kFailed, job + " is let in without a verdict", kReplaced});
    } else if (each != ProbeCase::kGood && answer.allowed) {
      all.push_back({Health::kFailed, job + " is let in", kReplaced});
    } else if (!Contains(answer.log, CodeOfRefusal(each))) {
      all.push_back({Health::kFailed,
                     fmt::format("{} is refused, and not as {}", job, CodeOfRefusal(each)),
                     kReplaced});
    } else if (each != ProbeCase::kGood) {
      ++refused;
    }
  }
  if (all.empty()) {
    all.push_back({Health::kOk,
                   fmt::format("{} lets a good token of the probe's issuer in, and refuses {} bad "
                               "ones",
                               program, refused)});
  }
  return all;
}

// A key of the issuer's that is stored or pinned on this machine: its `kid`.
std::string StoredKid(const Config& config, const Issuer& issuer) {
  std::vector<std::string> kids;
  if (!issuer.keys.file.empty()) {
    if (const auto keys = ReadPinnedKeys(issuer, {})) kids = keys->kids();
  } else if (const auto stored = ReadStoredKeys(config.state_dir, issuer, {})) {
    kids = stored->set.kids();
  }
  return kids.empty() ? "" : kids.front();
}

// The whole command line that GitLab Runner has, with the real configuration: tokens that claim to
// be of a real issuer.
std::vector<Diagnosis> ProbeWired(const Command& command, const Config& config,
                                  const Issuer& issuer, const std::string& folder) {
  const std::string kid = StoredKid(config, issuer);
  if (kid.empty()) return {};  // the check `keys` says it
  const ProbeKey key;
  const Object claims = ClaimsAt(SystemNow(), issuer.url, issuer.audiences.front());
  const std::pair<ProbeCase, std::optional<std::string>> jobs[] = {
      {ProbeCase::kNone, std::nullopt},
      {ProbeCase::kForged, key.Sign(kid, claims)},
      {ProbeCase::kUnsigned, UnsignedToken(claims)},
      {ProbeCase::kMac, MacToken(kid, claims, key.Pem())}};
  const std::string under =
      fmt::format("under the installed configuration (issuer {})", Quote(issuer.name));
  std::vector<Diagnosis> all;
  bool tokenless = false;  // a rule lets jobs without a token in
  for (const auto& [each, token] : jobs) {
    const Answer answer = Play(command, folder, token, issuer.server_url);
    const std::string job = fmt::format("a job with {}", ProbeCaseName(each));
    if (!answer.problem.empty()) {
      all.push_back({Health::kFailed, fmt::format("{} {}: {}", job, under, answer.problem),
                     "jobs would fail too: look at the checks config, keys and issuer"});
    } else if (answer.allowed && config.mode == Mode::kReport) {
      continue;  // the check `mode` says it
    } else if (answer.allowed && each == ProbeCase::kNone) {
      tokenless = true;
      all.push_back({Health::kWarning, fmt::format("{} is let in {}", job, under),
                     "look at the rules with tokenless = true"});
    } else if (answer.allowed && !(tokenless && each == ProbeCase::kUnsigned)) {
      // What has no signature has not the form of a token: that job is one without a token.
      all.push_back({Health::kFailed, fmt::format("{} is let in {}", job, under), kReplaced});
    }
  }
  if (all.empty()) {
    all.push_back(
        {Health::kOk,
         config.mode == Mode::kReport
             ? fmt::format("forged tokens are recorded {}; mode = \"report\" refuses none", under)
             : fmt::format("forged tokens are refused {}", under)});
  }
  return all;
}

}  // namespace

std::vector<Diagnosis> ProbeGitLab(const Patient& patient, const std::string& folder) {
  const auto wired = WiredCommand(patient);
  if (!wired || !wired->program.starts_with('/')) {
    return {
        {Health::kFailed, "config.toml names no driver to probe", "see the check gitlab-stages"}};
  }
  if (auto checked = CheckProbed(wired->program); !checked) {
    return {{Health::kFailed, checked.findings().front().message, "let root own it"}};
  }
  auto all = ProbeProgram(wired->program, folder);
  if (!patient.config) return all;
  for (const Issuer& issuer : patient.config->issuers) {
    if (issuer.provider != Provider::kGitLab) continue;
    for (Diagnosis& each : ProbeWired(*wired, *patient.config, issuer, folder)) {
      all.push_back(std::move(each));
    }
  }
  return all;
}

}  // namespace jobwarden
