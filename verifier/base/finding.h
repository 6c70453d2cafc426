#ifndef JOBWARDEN_VERIFIER_BASE_FINDING_H_
#define JOBWARDEN_VERIFIER_BASE_FINDING_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jobwarden {

/// What a check can find. The names are public and stable, because administrators' alerts and tests
/// depend on them. There is one code for each thing that an operator would fix differently.
enum class Code {
  kTokenMissing,
  kMalformedToken,
  kAlgorithmInvalid,
  kHeaderInvalid,
  kKeyUnknown,
  kSignatureInvalid,
  kIssuerMismatch,
  kAudienceMismatch,
  kTokenExpired,
  kTokenNotYetValid,
  kLifetimeExceeded,
  kRequiredClaimMissing,
  kClaimInvalid,
  kJobMismatch,
  kForkDenied,
  kRuleDenied,
  kNoRuleAllows,
  kDebuggerListens,
  kTicketInvalid,
  kLegacyToken,
  kKeyCacheIgnored,
  kKeysStale,
  kKeysUnavailable,
  kPolicyExpired,
  kPolicyRefused,
  kPolicyUnavailable,
  kTokenRequestFailed,
  kJobUnreadable,
  kConfigInvalid,
  kSharedUser,
  kPlainHttp,
  kNoFreeUser,
  kScriptUnreadable,
  kVerdictMissing,
  kAuditFailed,
  kStateUnwritable,
  kDriverFailed,
  kMetricsFailed,
};

/// What a finding means for the job that it is about.
enum class Severity {
  kWarning,  ///< reported; changes nothing
  kDeny,     ///< this job may not run here; trying again changes nothing
  kUsage,    ///< the configuration or the command line is wrong
  kError,    ///< the question could not be answered; trying again may help
};

/// The name of a code as it is printed, for example `TOKEN_EXPIRED`.
std::string_view CodeName(Code code);
/// The code that has this name; nothing when there is none.
std::optional<Code> CodeFromName(std::string_view name);
Severity SeverityOf(Code code);

/// One expectation that was not met. `expected` and `got` are JSON text (`true`, `"main"`,
/// `null` for an absent value), short, on one line and never a token: see Quote in text.h.
struct Evidence {
  std::string field;
  std::string expected;
  std::string got;
};

/// Something that a check noticed.
///
/// `message` names the field, the expected and the actual value: lower case, no full stop, one
/// line, never a token or a piece of one. `hint` says what to do, or is empty.
struct Finding {
  Code code{};
  std::string message;
  std::string hint{};
  std::vector<Evidence> evidence{};
  /// Set for the finding of a rule in report mode: reported and recorded; it changes nothing.
  bool report_only = false;
};

using Findings = std::vector<Finding>;

/// Whether the finding keeps a job from running: neither a warning does, nor report_only.
bool Forbids(const Finding& finding);

/// The same findings as warnings: they are reported and recorded, and change nothing.
Findings AsWarnings(Findings findings);

/// The same findings as warnings, for a job that goes on because `mode` is "report". Each that
/// would forbid the job says so.
Findings InReportMode(Findings findings);

/// Moves all of `more` to the end of `findings`.
void Append(Findings& findings, Findings more);

/// The result of all findings together.
enum class Outcome { kAllow, kDeny, kUsage, kError };

/// The outcome of these findings. A denial, which is certain, counts before a usage error, and that
/// before an error that another try may heal. kAllow if all are warnings, or there are none.
Outcome OutcomeOf(const Findings& findings);

/// `allow`, `deny`, `usage`, `error`.
std::string_view OutcomeName(Outcome outcome);

/// The exit code of the `jobwarden` command: 0 allow, 1 deny, 2 usage, 3 error.
int ExitCodeOf(Outcome outcome);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_BASE_FINDING_H_
