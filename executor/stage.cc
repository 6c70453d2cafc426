#include "executor/stage.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "verifier/admission/job_log.h"
#include "verifier/base/number.h"
#include "verifier/os/fd.h"

namespace jobwarden {
namespace {

int StatusFrom(std::string_view text, int otherwise) {
  const int status = ParseNumber<int>(text).value_or(otherwise);
  return status > 0 && status < 256 ? status : otherwise;
}

std::string_view HintFor(Code code) {
  switch (code) {
    case Code::kJobUnreadable:
      return "GitLab Runner writes this file: see that its version is 14.1 or newer, and that its "
             "temporary folder is not full";
    case Code::kScriptUnreadable:
      return "GitLab Runner writes this script: see that jobwarden knows its version, and that its "
             "temporary folder is not full";
    case Code::kStateUnwritable:
      return "see that the folder is there, can be written by this user, and is not full";
    case Code::kDriverFailed:
      return "see that this machine has memory, processes and open files left";
    default:
      return "";
  }
}

}  // namespace

bool IsRunnersOwnStage(std::string_view stage) {
  constexpr std::string_view kNames[] = {"prepare_script",     "get_sources",
                                         "clear_worktree",     "restore_cache",
                                         "download_artifacts", "cleanup_file_variables"};
  return std::find(std::begin(kNames), std::end(kNames), stage) != std::end(kNames) ||
         stage.starts_with("archive_") || stage.starts_with("upload_");
}

int ExitStatus(const Environment& environment, Outcome outcome) {
  switch (outcome) {
    case Outcome::kAllow:
      return 0;
    case Outcome::kDeny:
      return StatusFrom(environment.Get("BUILD_FAILURE_EXIT_CODE"), 1);
    case Outcome::kUsage:
    case Outcome::kError:
      break;
  }
  return StatusFrom(environment.Get("SYSTEM_FAILURE_EXIT_CODE"), 2);
}

Findings WithHints(Findings findings) {
  for (Finding& finding : findings) {
    if (finding.hint.empty()) finding.hint = HintFor(finding.code);
  }
  return findings;
}

int Fail(const Environment& environment, Findings findings) {
  findings = WithHints(std::move(findings));
  Say(STDERR_FILENO, FindingsText(findings));
  // Findings that forbid nothing cannot be why a stage gave up.
  const Outcome outcome = OutcomeOf(findings);
  return ExitStatus(environment, outcome == Outcome::kAllow ? Outcome::kError : outcome);
}

bool GoesOn(const Config& config, const Findings& findings) {
  if (config.mode != Mode::kReport) return false;
  Say(STDERR_FILENO, FindingsText(InReportMode(WithHints(findings))));
  return true;
}

}  // namespace jobwarden
