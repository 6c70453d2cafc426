#ifndef JOBWARDEN_VERIFIER_REVIEW_UNSIGNED_JOB_H_
#define JOBWARDEN_VERIFIER_REVIEW_UNSIGNED_JOB_H_

#include <optional>
#include <string>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/value.h"
#include "verifier/config/config.h"
#include "verifier/policy/decision.h"
#include "verifier/provider/job.h"

namespace jobwarden {

/// A job for which rules are tried: its claims are taken as they are, and nobody has signed them.
/// The rules are asked as ever.
struct UnsignedJob {
  std::string issuer;  ///< empty: it has no token
  Provider provider = Provider::kGitLab;
  std::optional<Object> claims;
  Object facts;
  std::vector<std::string> other_audiences;
  std::vector<std::string> disputed;

  /// Points into this job.
  Subject subject() const {
    return {issuer, claims ? &*claims : nullptr, &facts, other_audiences, disputed};
  }
};

/// What is said of such a job.
struct JobDescription {
  std::optional<Provider> provider;  ///< absent: that of the issuer
  std::string issuer;                ///< name; empty: the one of the claim `iss`, or the only one
  std::optional<Object> claims;      ///< absent: a job without a token
  Object facts;                      ///< see JobOfFacts
  std::vector<std::string> other_audiences;
};

/// Chooses the issuer, adds `iss` and `aud` where the claims lack them, and makes the facts as for
/// a real job. CONFIG_INVALID when several issuers could be meant, or none.
Result<UnsignedJob> MakeUnsignedJob(const JobDescription& description, const Config& config);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_UNSIGNED_JOB_H_
