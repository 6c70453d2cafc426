#ifndef JOBWARDEN_VERIFIER_ADMISSION_RECORD_H_
#define JOBWARDEN_VERIFIER_ADMISSION_RECORD_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verifier/base/finding.h"
#include "verifier/base/result.h"
#include "verifier/base/value.h"

namespace jobwarden {

/// A decision as it is written down: the audit line, the verdict for a job's stages, and the answer
/// of
/// `--json`. It holds names and digests of tokens, never their values.
struct Record {
  std::string id;  ///< see NewDecisionId; empty: of an older version, or recorded nowhere
  std::chrono::sys_seconds time;
  Outcome outcome = Outcome::kError;
  std::string mode;      ///< `enforce`, `report`
  bool enforced = true;  ///< false: the job runs whatever the outcome is
  bool bound = false;    ///< the tokens were compared with the job that the runner runs
  std::string provider;
  std::string issuer;  ///< empty: none
  std::string rule;    ///< empty: none
  Findings findings;
  Object claims;  ///< of the job's token; empty when none was verified
  Object facts;
  /// The names of claims that were left out of this record; of facts `facts.NAME`.
  std::vector<std::string> unrecorded;

  struct TokenFacts {
    std::string sha256;
    std::string jti;
    std::string kid;
    std::string alg;
    std::int64_t expires_at = 0;
  };
  std::optional<TokenFacts> token;  ///< the job's token, if its signature is good

  struct ExposedToken {
    std::string kind;
    std::string sha256;  ///< empty if the value could be guessed from the digest
    std::vector<std::string> names;
    std::vector<std::string> audiences{};  ///< that an id_token claims
    std::vector<std::string> places{};     ///< that hold it: `variables`, `git_info.repo_url` …
  };
  std::vector<ExposedToken> tokens;  ///< all tokens that the job carries

  /// What happens to the names of tokens. Before the job's files are there, it is what will happen.
  struct Exposure {
    /// The reason for a stripped name that a file of the checkout may still keep.
    static constexpr std::string_view kUnlessAFileNamesIt =
        "no command names it; a file of the checkout may";

    std::vector<std::string> stripped;
    std::vector<std::string> masked;  ///< unused; they stay, and are hidden in the output
    std::vector<std::string> kept;
    std::map<std::string, std::string> why{};  ///< by name
  };
  Exposure exposure;

  std::string job_id;
  std::string job_project;
  std::string policy_sha256;
  std::int64_t policy_serial = 0;  ///< of the pulled policy; 0: none was pulled
  std::chrono::microseconds duration{0};

  /// Whether the job may run: allowed, or not enforced.
  bool Runs() const { return outcome == Outcome::kAllow || !enforced; }
};

inline constexpr std::int64_t kRecordFormat = 1;

/// The members of a record's object.
inline constexpr std::string_view kRecordMembers[] = {
    "format", "id",       "time",     "version", "outcome",       "mode",        "enforced",
    "bound",  "provider", "issuer",   "rule",    "findings",      "claims",      "facts",
    "token",  "tokens",   "exposure", "job",     "policy_sha256", "duration_us", "unrecorded"};

/// A time in a record: `2026-11-22T10:00:00Z`.
std::string TimeText(std::chrono::sys_seconds time);

/// Reads what TimeText wrote, and nothing else.
std::optional<std::chrono::sys_seconds> TimeFromText(std::string_view text);

/// A finding in a record: `{"code":…,"severity":…,"message":…,"hint":…,"evidence":…}`.
Value FindingValue(const Finding& finding);

/// What is written where there is no record, as one line of JSON:
/// `{"format":1,"outcome":…,"findings":[…]}`.
std::string WriteRefusal(const Findings& findings);

/// The record as one line of JSON, without the newline.
std::string WriteRecord(const Record& record);

/// Reads what WriteRecord wrote; strict: another format, unknown members and wrong types are
/// refused with `code`.
Result<Record> ReadRecord(std::string_view line, Code code, std::string_view what);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_RECORD_H_
