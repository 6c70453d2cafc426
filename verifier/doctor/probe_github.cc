// The probe of the hook: `github job-started`, as GitHub's runner calls it.

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/doctor/github_env.h"
#include "verifier/doctor/probe.h"
#include "verifier/doctor/probe_case.h"
#include "verifier/doctor/probe_endpoint.h"
#include "verifier/os/clock.h"
#include "verifier/os/file.h"
#include "verifier/os/process.h"

namespace jobwarden {
namespace {

// A token is requested for 20 seconds at most.
constexpr std::chrono::seconds kPatience{40};
constexpr int kRefused = 1;

const std::string kSha(40, '1');
constexpr const char* kWorkflowRef = "jobwarden/probe/.github/workflows/probe.yml@refs/heads/main";

Object ClaimsFor(std::string_view audience) {
  const std::int64_t time = SystemNow().time_since_epoch().count();
  return Object{{"iss", kProbeIssuer},
                {"aud", audience},
                {"iat", time},
                {"nbf", time - 5},
                {"exp", time + 300},
                {"jti", "probe"},
                {"sub", "repo:jobwarden/probe:ref:refs/heads/main"},
                {"repository", "jobwarden/probe"},
                {"repository_id", "1"},
                {"repository_owner", "jobwarden"},
                {"repository_owner_id", "1"},
                {"run_id", "1"},
                {"run_number", "1"},
                {"run_attempt", "1"},
                {"ref", "refs/heads/main"},
                {"ref_type", "branch"},
                {"sha", kSha},
                {"actor", "probe"},
                {"actor_id", "1"},
                {"workflow_ref", kWorkflowRef},
                {"event_name", "push"},
                {"runner_environment", "self-hosted"}};
}

std::vector<std::string> EnvironmentOf(const std::string& folder, const std::string& url) {
  std::vector<std::string> environment = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "GITHUB_REPOSITORY=jobwarden/probe",
      "GITHUB_REPOSITORY_ID=1",
      "GITHUB_RUN_ID=1",
      "GITHUB_RUN_ATTEMPT=1",
      "GITHUB_SHA=" + kSha,
      "GITHUB_REF=refs/heads/main",
      "GITHUB_REF_TYPE=branch",
      "GITHUB_EVENT_NAME=push",
      "GITHUB_JOB=probe",
      "GITHUB_ACTOR=probe",
      "GITHUB_ACTOR_ID=1",
      fmt::format("GITHUB_WORKFLOW_REF={}", kWorkflowRef),
      "GITHUB_SERVER_URL=https://github.com",
      "GITHUB_PATH=" + folder + "/path",
      "RUNNER_NAME=jobwarden-probe",
      "RUNNER_TEMP=" + folder,
      "RUNNER_ENVIRONMENT=self-hosted"};
  if (!url.empty()) {
    environment.push_back("ACTIONS_ID_TOKEN_REQUEST_URL=" + url);
    environment.emplace_back("ACTIONS_ID_TOKEN_REQUEST_TOKEN=probe");
  }
  return environment;
}

// The hook beside the script that .env names.
std::string InstalledHook(const Patient& patient) {
  const auto env = ReadGitHubEnv(patient);
  const std::string script = GitHubSetting(env, "ACTIONS_RUNNER_HOOK_JOB_STARTED");
  if (!script.starts_with('/')) return "";
  return script.substr(0, script.rfind('/')) + "/jobwarden-hook";
}

Status WriteConfig(const std::string& folder, const ProbeKey& key) {
  // "fail-step", and all steps may: the hook looks for no worker to end, and starts no broker.
  const std::string text = fmt::format(
      "version = 1\nstate_dir = \"{0}/state\"\n[[issuer]]\nname = \"probe\"\n"
      "provider = \"github\"\nurl = \"{1}\"\naudience = \"{2}\"\n"
      "[issuer.keys]\nfile = \"{0}/keys.json\"\n"
      "[[allow]]\nname = \"probe\"\nclaims = {{ repository_id = 1 }}\n"
      "[github]\non_deny = \"fail-step\"\nstep_tokens = \"all\"\nshared_user = true\n",
      folder, kProbeIssuer, kProbeAudience);
  for (const auto& [name, bytes] : {std::pair<std::string, std::string>("probe.toml", text),
                                    {"keys.json", key.KeySet(kProbeKid)},
                                    {"path", ""}}) {
    auto written = WriteFileAtomically(fmt::format("{}/{}", folder, name), bytes, 0600,
                                       Code::kStateUnwritable, "probe");
    if (!written) return written;
  }
  return Ok();
}

}  // namespace

std::vector<Diagnosis> ProbeGitHub(const Patient& patient, const std::string& folder) {
  const std::string hook = InstalledHook(patient);
  if (hook.empty()) {
    return {{Health::kFailed, ".env names no hook to probe", "see the check github-hooks"}};
  }
  if (auto checked = CheckProbed(hook); !checked) {
    return {{Health::kFailed, checked.findings().front().message, "let root own it"}};
  }
  const ProbeKey key;
  const ProbeKey other;
  if (auto written = WriteConfig(folder, key); !written) {
    return {{Health::kFailed, written.findings().front().message, "see that /tmp can be written"}};
  }
  constexpr const char* kReplaced =
      "the hook is not the one that was installed, or it is broken: install it again";
  std::vector<Diagnosis> all;
  std::size_t refused = 0;
  for (const ProbeCase each : kProbeCases) {
    const ProbeEndpoint endpoint([&](const std::string& audience) {
      return TokenOf(each, ClaimsFor(audience), "run_id", key, other).value_or("");
    });
    const auto end = RunProgram(
        {.path = hook,
         .arguments = {"--config", folder + "/probe.toml", "github", "job-started"},
         .environment = EnvironmentOf(folder, each == ProbeCase::kNone ? "" : endpoint.url()),
         .input = {},
         .timeout = kPatience},
        Code::kDriverFailed, "hook");
    const std::string job = fmt::format("a job with {}", ProbeCaseName(each));
    if (!end || end->timed_out) {
      all.push_back({Health::kFailed,
                     fmt::format("{}: {}", job,
                                 end ? "it did not end in time" : end.findings().front().message),
                     kReplaced});
      continue;
    }
    const bool is_good = each == ProbeCase::kGood;
    const std::string log = end->output + end->errors;
    if (is_good && (end->exit_code != 0 || !Contains(log, "allowed by rule"))) {
      all.push_back({Health::kFailed, job + " is refused, and should run", kReplaced});
    } else if (!is_good && end->exit_code == 0) {
      all.push_back({Health::kFailed, job + " is let in", kReplaced});
    } else if (!is_good && (end->exit_code != kRefused || !Contains(log, CodeOfRefusal(each)))) {
      all.push_back({Health::kFailed,
                     fmt::format("{} is not refused as {}: exit status {}", job,
                                 CodeOfRefusal(each), end->exit_code),
                     kReplaced});
    } else if (!is_good) {
      ++refused;
    }
  }
  if (all.empty()) {
    all.push_back({Health::kOk,
                   fmt::format("{} lets a good token of the probe's issuer in, and refuses {} bad "
                               "ones",
                               hook, refused)});
  }
  return all;
}

}  // namespace jobwarden
