#include "hooks/github/denial.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "hooks/github/workflow_log.h"
#include "verifier/admission/job_log.h"
#include "verifier/base/finding.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

// No audience is named: the hook requests the token itself.
std::vector<std::string> Permissions() {
  return LinesForAToken(Provider::kGitHub, "");
}

// A fork's pull request can never have the permission.
bool LacksPermission(const Record& record) {
  const auto is = [](Code code) {
    return [code](const Finding& finding) { return finding.code == code; };
  };
  const auto& all = record.findings;
  return std::any_of(all.begin(), all.end(), is(Code::kTokenMissing)) &&
         std::none_of(all.begin(), all.end(), is(Code::kForkDenied));
}

}  // namespace

std::vector<std::string> DenialLines(const Record& record, const std::string& help) {
  std::vector<std::string> lines;
  for (const Finding& finding : record.findings) {
    lines.push_back(fmt::format("{}: {}", CodeName(finding.code), finding.message));
    if (!finding.hint.empty()) lines.push_back("  hint: " + finding.hint);
  }
  if (LacksPermission(record)) {
    for (std::string& line : Permissions()) lines.push_back(std::move(line));
  }
  if (std::string last = LastWords(record, help); !last.empty()) lines.push_back(std::move(last));
  return lines;
}

std::string DenialText(const Record& record, const std::string& help) {
  std::string text = VerdictLine(record) + "\n";
  for (const std::string& line : DenialLines(record, help)) text += line + "\n";
  return text;
}

std::string DecisionLog(const Record& record, const std::string& help) {
  Findings findings = record.enforced ? record.findings : AsWarnings(record.findings);
  const auto reason = std::find_if(record.findings.begin(), record.findings.end(), Forbids);
  if (reason != record.findings.end() && !record.id.empty()) {
    // Annotations appear on the run's page, where nobody sees the log's last line.
    std::string& hint = findings[static_cast<std::size_t>(reason - record.findings.begin())].hint;
    hint += fmt::format("{}decision {}", hint.empty() ? "" : "\n", record.id);
  }
  std::string log = VerdictLine(record) + "\n" + FindingsAnnotated(findings);
  if (record.outcome == Outcome::kAllow) return log;
  if (LacksPermission(record)) {
    for (const std::string& line : Permissions()) log += fmt::format("jobwarden: {}\n", line);
  }
  const std::string last = LastWords(record, help);
  if (!last.empty()) log += fmt::format("jobwarden: {}\n", last);
  return log;
}

std::string DecisionSummary(const Record& record, const std::string& help) {
  std::string text;
  for (const std::string& line : DenialLines(record, help)) text += line + "\n";
  // The fence is longer than any run of backticks inside, so that the text cannot end it.
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(std::max<std::size_t>(longest + 1, 3), '`');
  return fmt::format("### jobwarden: this job {}\n\n{}text\n{}{}\n",
                     record.enforced ? "was refused" : "would be refused", fence, text, fence);
}

}  // namespace jobwarden
