#include "verifier/admission/job_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "verifier/base/text.h"
#include "verifier/exposure/server_names.h"
#include "verifier/exposure/settings.h"
#include "verifier/provider/issuer.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

using Lines = std::vector<std::string>;

std::string Text(const Lines& lines) {
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  return text;
}

std::string FindingLine(const Finding& finding) {
  return fmt::format("jobwarden: {}{}: {}",
                     Forbids(finding) ? "" : "warning: ", CodeName(finding.code), finding.message);
}

std::string HintLine(const Finding& finding) {
  return "  hint: " + finding.hint;
}

// First the findings that forbid the job, then the warnings. If there is little room, every reason
// comes before any hint, and the reasons that do not fit are counted.
Lines Reasons(const Record& record, std::size_t room, bool snippet_follows, bool audited) {
  std::vector<const Finding*> findings;
  for (const auto& finding : record.findings) findings.push_back(&finding);
  std::stable_partition(findings.begin(), findings.end(),
                        [](const auto* finding) { return Forbids(*finding); });
  const bool all_fit = findings.size() <= room;
  const std::size_t shown = all_fit ? findings.size() : room - 1;
  std::size_t spare = all_fit ? room - shown : 0;

  Lines lines;
  for (std::size_t i = 0; i < shown; ++i) {
    lines.push_back(FindingLine(*findings[i]));
    const bool is_the_snippet = snippet_follows && findings[i]->code == Code::kTokenMissing;
    if (findings[i]->hint.empty() || is_the_snippet || spare == 0) continue;
    lines.push_back(HintLine(*findings[i]));
    --spare;
  }
  if (!all_fit) {
    lines.push_back(fmt::format("jobwarden: and {} more{}", findings.size() - shown,
                                audited ? ", see the runner's audit log" : ""));
  }
  return lines;
}

Lines Snippet(const Record& record, const Config& config,
              const std::optional<std::string>& server_url) {
  const auto provider = ProviderFromName(record.provider);
  const Issuer* chosen = nullptr;
  for (const Issuer& issuer : config.issuers) {
    if (issuer.provider != provider) continue;
    const bool of_this_server = server_url && issuer.server_url == *server_url;
    if (chosen == nullptr || of_this_server) chosen = &issuer;
    if (of_this_server) break;
  }
  if (chosen == nullptr || chosen->audiences.empty()) return {};
  Lines lines = LinesForAToken(chosen->provider, chosen->audiences.front());
  lines.front() = "jobwarden: " + lines.front();
  return lines;
}

bool IsOurs(const Record& record, const std::string& name) {
  return std::any_of(
      record.tokens.begin(), record.tokens.end(), [&](const Record::ExposedToken& token) {
        return record.token && token.sha256 == record.token->sha256 &&
               std::find(token.names.begin(), token.names.end(), name) != token.names.end();
      });
}

// A stripped name that the job's author may want to keep: before others one that a person chose,
// then the one that documents speak of. Never one of the token for this runner, which is of no
// further use.
std::string WorthKeeping(const Record& record) {
  const auto rank = [](const std::string& name) {
    return !IsServersName(name) ? 0 : name == "CI_JOB_TOKEN" ? 1 : 2;
  };
  std::string best;
  for (const std::string& name : record.exposure.stripped) {
    if (!IsOurs(record, name) && (best.empty() || rank(name) < rank(best))) best = name;
  }
  return best;
}

Lines TakenOut(const Record& record, const ExposureSettings& settings) {
  const auto& names = record.exposure.stripped;
  if (names.empty()) return {};
  const std::set<std::string> gone(names.begin(), names.end());
  const auto count = std::count_if(
      record.tokens.begin(), record.tokens.end(), [&](const Record::ExposedToken& token) {
        return std::all_of(token.names.begin(), token.names.end(),
                           [&](const std::string& name) { return gone.contains(name); });
      });

  constexpr std::size_t kMaxNames = 12;
  Lines shown;
  for (std::size_t i = 0; i < std::min(names.size(), kMaxNames); ++i) {
    shown.push_back(QuoteName(names[i]));
  }
  const bool files_may_keep = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    const auto why = record.exposure.why.find(name);
    return why != record.exposure.why.end() && why->second == Record::Exposure::kUnlessAFileNamesIt;
  });
  const std::string_view act = !record.enforced || settings.report_only ? "would take out"
                               : files_may_keep                         ? "takes out"
                                                                        : "took out";
  // A token may have several names, so the number of names that follow needs a word too.
  const bool several = static_cast<std::size_t>(count) != names.size();
  std::string line = fmt::format(
      "jobwarden: {} {} token{}{} that no command names{}: {}", act, count, count == 1 ? "" : "s",
      several ? fmt::format(" ({} variable{})", names.size(), names.size() == 1 ? "" : "s") : "",
      files_may_keep ? ", unless a file of the checkout does" : "", Join(shown, ", "));
  if (names.size() > kMaxNames) line += fmt::format(" and {} more", names.size() - kMaxNames);
  const std::string keep = settings.job_may_keep ? WorthKeeping(record) : "";
  if (!keep.empty()) {
    line += fmt::format(" (keep one with the variable JOBWARDEN_KEEP: \"{}\")", QuoteName(keep));
  }
  return {line};
}

void Add(Lines& lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
}

}  // namespace

std::string VerdictLine(const Record& record) {
  const std::string mode = record.enforced ? "" : "report mode: ";
  if (record.outcome == Outcome::kAllow) {
    return fmt::format("jobwarden: {}{}", mode,
                       LastWords(record, "allowed by rule " + Quote(record.rule)));
  }
  const auto reasons = std::count_if(record.findings.begin(), record.findings.end(), Forbids);
  const std::string_view what =
      record.outcome == Outcome::kDeny ? "denied" : "not allowed, because it could not be checked";
  return fmt::format("jobwarden: {}{}{}, {} reason{}:", mode, record.enforced ? "" : "would be ",
                     what, reasons, reasons == 1 ? "" : "s");
}

std::string LastWords(const Record& record, const std::string& help) {
  if (record.id.empty()) return help;
  const std::string decision = "decision " + record.id;
  return help.empty() ? decision : fmt::format("{} ({})", help, decision);
}

std::string DecisionText(const Record& record, const Config& config,
                         const std::optional<std::string>& server_url) {
  const bool token_missing =
      std::any_of(record.findings.begin(), record.findings.end(),
                  [](const Finding& finding) { return finding.code == Code::kTokenMissing; });
  Lines below;
  if (token_missing) below = Snippet(record, config, server_url);
  const bool snippet_follows = !below.empty();
  if (record.Runs()) Add(below, TakenOut(record, config.exposure));
  const std::string last = LastWords(record, config.help);
  if (record.outcome != Outcome::kAllow && !last.empty()) below.push_back("jobwarden: " + last);

  Lines lines{VerdictLine(record)};
  Add(lines, Reasons(record, kMaxLogLines - lines.size() - below.size(), snippet_follows,
                     !config.audit.file.empty()));
  Add(lines, below);
  return Text(lines);
}

std::string FindingsText(const Findings& findings) {
  Lines lines;
  for (const Finding& finding : findings) {
    lines.push_back(FindingLine(finding));
    if (!finding.hint.empty()) lines.push_back(HintLine(finding));
  }
  return Text(lines);
}

}  // namespace jobwarden
