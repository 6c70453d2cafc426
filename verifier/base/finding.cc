#include "verifier/base/finding.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <stdexcept>

namespace jobwarden {
namespace {

struct Row {
  Code code;
  std::string_view name;
  Severity severity;
};

constexpr Row kTable[] = {
    {Code::kTokenMissing, "TOKEN_MISSING", Severity::kDeny},
    {Code::kMalformedToken, "MALFORMED_TOKEN", Severity::kDeny},
    {Code::kAlgorithmInvalid, "ALGORITHM_INVALID", Severity::kDeny},
    {Code::kHeaderInvalid, "HEADER_INVALID", Severity::kDeny},
    {Code::kKeyUnknown, "KEY_UNKNOWN", Severity::kDeny},
    {Code::kSignatureInvalid, "SIGNATURE_INVALID", Severity::kDeny},
    {Code::kIssuerMismatch, "ISSUER_MISMATCH", Severity::kDeny},
    {Code::kAudienceMismatch, "AUDIENCE_MISMATCH", Severity::kDeny},
    {Code::kTokenExpired, "TOKEN_EXPIRED", Severity::kDeny},
    {Code::kTokenNotYetValid, "TOKEN_NOT_YET_VALID", Severity::kDeny},
    {Code::kLifetimeExceeded, "LIFETIME_EXCEEDED", Severity::kDeny},
    {Code::kRequiredClaimMissing, "REQUIRED_CLAIM_MISSING", Severity::kDeny},
    {Code::kClaimInvalid, "CLAIM_INVALID", Severity::kDeny},
    {Code::kJobMismatch, "JOB_MISMATCH", Severity::kDeny},
    {Code::kForkDenied, "FORK_DENIED", Severity::kDeny},
    {Code::kRuleDenied, "RULE_DENIED", Severity::kDeny},
    {Code::kNoRuleAllows, "NO_RULE_ALLOWS", Severity::kDeny},
    {Code::kDebuggerListens, "DEBUGGER_LISTENS", Severity::kDeny},
    {Code::kTicketInvalid, "TICKET_INVALID", Severity::kDeny},
    {Code::kLegacyToken, "LEGACY_TOKEN", Severity::kWarning},
    {Code::kKeyCacheIgnored, "KEY_CACHE_IGNORED", Severity::kWarning},
    {Code::kKeysStale, "KEYS_STALE", Severity::kWarning},
    {Code::kKeysUnavailable, "KEYS_UNAVAILABLE", Severity::kError},
    {Code::kPolicyExpired, "POLICY_EXPIRED", Severity::kError},
    {Code::kPolicyRefused, "POLICY_REFUSED", Severity::kDeny},
    {Code::kPolicyUnavailable, "POLICY_UNAVAILABLE", Severity::kError},
    {Code::kTokenRequestFailed, "TOKEN_REQUEST_FAILED", Severity::kError},
    {Code::kJobUnreadable, "JOB_UNREADABLE", Severity::kError},
    {Code::kConfigInvalid, "CONFIG_INVALID", Severity::kUsage},
    {Code::kSharedUser, "SHARED_USER", Severity::kWarning},
    {Code::kPlainHttp, "PLAIN_HTTP", Severity::kWarning},
    {Code::kNoFreeUser, "NO_FREE_USER", Severity::kError},
    {Code::kScriptUnreadable, "SCRIPT_UNREADABLE", Severity::kError},
    {Code::kVerdictMissing, "VERDICT_MISSING", Severity::kError},
    {Code::kAuditFailed, "AUDIT_FAILED", Severity::kError},
    {Code::kStateUnwritable, "STATE_UNWRITABLE", Severity::kError},
    {Code::kDriverFailed, "DRIVER_FAILED", Severity::kError},
    {Code::kMetricsFailed, "METRICS_FAILED", Severity::kWarning},
};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < std::size(kTable); ++i) {
    if (kTable[i].code != static_cast<Code>(i)) return false;
  }
  return true;
}
static_assert(IsInOrder(), "the rows must be in the order of Code, one for each");

const Row& RowOf(Code code) {
  const auto row = static_cast<std::size_t>(code);
  if (row >= std::size(kTable)) throw std::logic_error("a code without a row");
  return kTable[row];
}

}  // namespace

std::string_view CodeName(Code code) {
  return RowOf(code).name;
}

std::optional<Code> CodeFromName(std::string_view name) {
  for (const Row& row : kTable) {
    if (row.name == name) return row.code;
  }
  return std::nullopt;
}

Severity SeverityOf(Code code) {
  return RowOf(code).severity;
}

bool Forbids(const Finding& finding) {
  return !finding.report_only && SeverityOf(finding.code) != Severity::kWarning;
}

Findings AsWarnings(Findings findings) {
  for (Finding& finding : findings) finding.report_only = true;
  return findings;
}

Findings InReportMode(Findings findings) {
  for (Finding& finding : findings) {
    if (Forbids(finding)) finding.message += " (the job goes on: mode = \"report\")";
  }
  return AsWarnings(std::move(findings));
}

void Append(Findings& findings, Findings more) {
  findings.insert(findings.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
}

Outcome OutcomeOf(const Findings& findings) {
  const auto any = [&](Severity severity) {
    return std::any_of(findings.begin(), findings.end(), [severity](const Finding& finding) {
      return !finding.report_only && SeverityOf(finding.code) == severity;
    });
  };
  if (any(Severity::kDeny)) return Outcome::kDeny;
  if (any(Severity::kUsage)) return Outcome::kUsage;
  if (any(Severity::kError)) return Outcome::kError;
  return Outcome::kAllow;
}

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAllow:
      return "allow";
    case Outcome::kDeny:
      return "deny";
    case Outcome::kUsage:
      return "usage";
    case Outcome::kError:
      break;
  }
  return "error";
}

int ExitCodeOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAllow:
      return 0;
    case Outcome::kDeny:
      return 1;
    case Outcome::kUsage:
      return 2;
    case Outcome::kError:
      break;
  }
  return 3;
}

}  // namespace jobwarden
