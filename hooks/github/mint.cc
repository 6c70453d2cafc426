#include "hooks/github/mint.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "hooks/github/github_job.h"
#include "hooks/github/id_token.h"
#include "hooks/github/workflow_log.h"
#include "verifier/admission/admit.h"
#include "verifier/admission/job_log.h"
#include "verifier/admission/one_token.h"
#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/secret.h"
#include "verifier/base/text.h"
#include "verifier/config/config.h"
#include "verifier/exposure/inventory.h"
#include "verifier/keys/key_cache.h"
#include "verifier/keys/refresh_program.h"
#include "verifier/os/clock.h"
#include "verifier/os/fd.h"
#include "verifier/os/file.h"
#include "verifier/provider/issuer.h"

// A step calls this for itself. The step decides about its own environment (with the proxies and
// the job's variables), and about the file that gets the token. So the check that the token is this
// job's protects the step, and nobody from the step. The step has no influence on configuration and
// keys.

namespace jobwarden {
namespace {

int Refuse(const Findings& findings) {
  Say(STDOUT_FILENO, FindingsAnnotated(findings));
  return 1;
}

// The runner hides the token only if it reads the line that says so. A pipe may lead to the runner
// or to another program. A file or /dev/null does not lead to the runner.
bool SomebodyReads(int fd) {
  struct stat st = {};
  return fstat(fd, &st) == 0 && !S_ISREG(st.st_mode) && (!S_ISCHR(st.st_mode) || isatty(fd) == 1);
}

Finding NotMasked() {
  return {Code::kTokenRequestFailed,
          "standard output does not lead to the runner, so the runner cannot hide the token",
          "call it without redirecting its output"};
}

Finding NoPermission() {
  return {
      Code::kTokenMissing, "this step may not request id_tokens",
      "add `permissions: { id-token: write, contents: read }` to the job in its workflow; a job "
      "that has it must name `jobwarden-hook github mint` in the `run:` of the step itself"};
}

// The file by which a step passes values on to later steps.
Result<std::string> FileOf(const MintRequest& request, const Environment& environment) {
  const std::string_view name = request.env.empty() ? "GITHUB_OUTPUT" : "GITHUB_ENV";
  std::string path(environment.Get(name));
  if (path.starts_with('/')) return path;
  return Finding{Code::kJobUnreadable,
                 fmt::format("variable {}: expected the path that the runner sets, got {}", name,
                             path.empty() ? "nothing" : Quote(path)),
                 "is this called in a step of a job?"};
}

}  // namespace

int RunMint(const std::string& config_path, const MintRequest& request,
            const Environment& environment) {
  if (!SomebodyReads(STDOUT_FILENO)) {
    Say(STDERR_FILENO, FindingsText({NotMasked()}));
    return 1;
  }
  const auto config = LoadConfig(config_path, JobsRun::kByGitHubRunner);
  if (!config) return Refuse(config.findings());
  const auto file = FileOf(request, environment);
  if (!file) return Refuse(file.findings());
  const auto job = ReadGitHubJob(environment);
  if (!job) return Refuse(job.findings());
  if (!MayRequestIdTokens(environment)) return Refuse({NoPermission()});
  const auto asked = IssuerOfJob(*config, environment);
  if (!asked) return Refuse(asked.findings());

  const auto token = RequestIdToken(*config, *asked, request.audience, environment, JobAge::kRuns);
  if (!token) return Refuse(token.findings());
  if (!Say(STDOUT_FILENO, MaskLine(token->view()))) return Refuse({NotMasked()});

  // The environment is the step's: it chooses a proxy, but not whom the fetch of keys trusts.
  KeyCache keys(config->state_dir, config->job_users,
                RefreshByProgram(config->path, ProxySettings(environment)));
  const Issuer issuer = IssuerOfToken(*config, *asked, *token);
  const Findings findings =
      CheckIdTokens(*job, InventoryOf(token->Clone(), issuer),
                    ForOneToken(*config, issuer, request.audience), keys, SystemNow);
  if (OutcomeOf(findings) != Outcome::kAllow) return Refuse(findings);
  Say(STDOUT_FILENO, FindingsAnnotated(findings));

  const std::string& name = request.env.empty() ? request.output : request.env;
  // The newline comes first, because the step may have left its last line open. Empty lines are
  // ignored.
  std::string line;
  line.reserve(name.size() + token->size() + 2);
  line.append("\n").append(name).append("=").append(token->view());
  const Secret assignment(std::move(line));
  if (auto written = AppendLine(*file, assignment.view(), Code::kStateUnwritable, "file");
      !written) {
    return Refuse(written.findings());
  }
  Say(STDOUT_FILENO, fmt::format("jobwarden: an id_token of this job for {} is in {} {}\n",
                                 Quote(request.audience),
                                 request.env.empty() ? "the step's output" : "the variable", name));
  return 0;
}

}  // namespace jobwarden
