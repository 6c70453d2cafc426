#include "verifier/cli/policy_diff_command.h"

#include <optional>
#include <string>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/cli/print.h"
#include "verifier/cli/replay.h"
#include "verifier/config/config.h"
#include "verifier/review/access_diff.h"
#include "verifier/review/access_report.h"

namespace jobwarden {
namespace {

Result<Config> ReadPolicy(const std::string& path) {
  const auto files = ReadConfigFiles(path);
  return files ? ParseConfig(*files) : Result<Config>(files.findings());
}

Outcome OutcomeFor(const Access& gained, const std::optional<ReplayResult>& replayed,
                   const PolicyDiffOptions& options) {
  const bool found = !gained.changes.empty() || (replayed && replayed->matrix.newly_allowed() > 0);
  if (options.fail_on_new_access && found) return Outcome::kDeny;
  if (replayed && !replayed->read.findings.empty()) return Outcome::kError;
  return options.fail_on_new_access && !gained.IsNone() ? Outcome::kError : Outcome::kAllow;
}

}  // namespace

int RunPolicyDiff(const PolicyDiffOptions& options) {
  const auto before = ReadPolicy(options.old_path);
  const auto after = ReadPolicy(options.new_path);
  Findings mistakes;
  if (!before) Append(mistakes, before.findings());
  if (!after) Append(mistakes, after.findings());
  if (!mistakes.empty()) return Fail(mistakes, options.json);

  const Access gained = FindNewAccess(*after, *before);
  const Access lost = FindNewAccess(*before, *after);
  const AccessWords new_words{"new access", "the old policy", after->files};
  const AccessWords lost_words{"lost access", "the new policy", before->files};
  const bool only_reports = before->mode == Mode::kReport && after->mode == Mode::kReport;
  std::optional<ReplayResult> replayed;
  if (!options.audit_files.empty()) {
    auto result = ReplayFiles(options.audit_files, &*before, *after);
    if (!result) return Fail(result.findings(), options.json);
    PrintFindings(result->read.findings);
    replayed = *std::move(result);
  }
  const Outcome outcome = OutcomeFor(gained, replayed, options);
  if (options.json) {
    return Answer(WriteJson(Object{{"format", 1},
                                   {"old", options.old_path},
                                   {"new", options.new_path},
                                   {"both_in_report_mode", only_reports},
                                   {"recorded", replayed ? replayed->matrix.Json() : Value()},
                                   {"new_access", AccessValue(gained, new_words)},
                                   {"lost_access", AccessValue(lost, lost_words)}}) +
                      "\n",
                  outcome);
  }
  std::string text = AccessText(gained, new_words) + AccessText(lost, lost_words);
  if (only_reports) text += "both are in report mode: compared as if they were enforced\n";
  if (replayed) text += replayed->matrix.Text() + PassedOverText(*replayed);
  return Answer(text, outcome);
}

}  // namespace jobwarden
