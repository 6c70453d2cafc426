#include "verifier/cli/policy_diff_command.h"

#include <string>
#include <utility>

#include "verifier/base/json.h"
#include "verifier/cli/print.h"
#include "verifier/config/config.h"
#include "verifier/review/access_diff.h"
#include "verifier/review/access_report.h"

namespace jobwarden {
namespace {

Result<Config> ReadPolicy(const std::string& path) {
  const auto files = ReadConfigFiles(path);
  return files ? ParseConfig(*files) : Result<Config>(files.findings());
}

Outcome OutcomeFor(const Access& gained, const PolicyDiffOptions& options) {
  if (!options.fail_on_new_access || gained.IsNone()) return Outcome::kAllow;
  return gained.changes.empty() ? Outcome::kError : Outcome::kDeny;
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
  const Outcome outcome = OutcomeFor(gained, options);
  if (options.json) {
    return Answer(WriteJson(Object{{"format", 1},
                                   {"old", options.old_path},
                                   {"new", options.new_path},
                                   {"both_in_report_mode", only_reports},
                                   {"new_access", AccessValue(gained, new_words)},
                                   {"lost_access", AccessValue(lost, lost_words)}}) +
                      "\n",
                  outcome);
  }
  std::string text = AccessText(gained, new_words) + AccessText(lost, lost_words);
  if (only_reports) text += "both are in report mode: compared as if they were enforced\n";
  return Answer(text, outcome);
}

}  // namespace jobwarden
