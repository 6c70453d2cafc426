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

/// A decision as it is written down: the audit line, the verdict that a job's stages rest on, and
/// what `--json` prints. Names and digests, never a value of a token.
struct Record {
  std::chrono::sys_seconds time;
  Outcome outcome = Outcome::kError;
  std::string mode;      ///< `enforce`, `report`
  bool enforced = true;  ///< false: the job runs whatever the outcome is
  bool bound = false;    ///< the tokens were held against the job that the runner runs
  std::string provider;
  std::string issuer;  ///< empty: none
  std::string rule;    ///< empty: none
  Findings findings;
  Object claims;  ///< of the job's token; empty when none was verified
  Object facts;

  struct TokenFacts {
    std::string sha256;
    std::string jti;
    std::string kid;
    std::string alg;
    std::int64_t expires_at = 0;
  };
  std::optional<TokenFacts> token;  ///< the job's token, once its signature was good

  struct ExposedToken {
    std::string kind;
    std::string sha256;  ///< empty for values that could be guessed from it
    std::vector<std::string> names;
    std::vector<std::string> audiences{};  ///< as an id_token says itself
    std::vector<std::string> places{};  ///< where it stands: `variables`, `git_info.repo_url` …
  };
  std::vector<ExposedToken> tokens;  ///< all that the job carries

  /// What becomes of the names of tokens; said before the job's files are there, what is to come.
  struct Exposure {
    /// Of a stripped name: a file of the checkout may still keep it.
    static constexpr std::string_view kUnlessAFileNamesIt =
        "no command names it; a file of the checkout may";

    std::vector<std::string> stripped;
    std::vector<std::string> masked;  ///< unused, left where they are, and hidden in the output
    std::vector<std::string> kept;
    std::map<std::string, std::string> why{};  ///< by name
  };
  Exposure exposure;

  std::string job_id;
  std::string job_project;
  std::string policy_sha256;
  std::chrono::microseconds duration{0};

  /// Whether the job may run: allowed, or not enforced.
  bool Runs() const { return outcome == Outcome::kAllow || !enforced; }
};

inline constexpr std::int64_t kRecordFormat = 1;

/// A finding as it stands in a record: `{"code":…,"severity":…,"message":…,"hint":…,"evidence":…}`.
Value FindingValue(const Finding& finding);

/// The record as one line of JSON, without the newline.
std::string WriteRecord(const Record& record);

/// Reads what WriteRecord wrote; strict: another format, unknown members and wrong types are
/// refused with `code`.
Result<Record> ReadRecord(std::string_view line, Code code, std::string_view what);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_ADMISSION_RECORD_H_
