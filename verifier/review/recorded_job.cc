#include "verifier/review/recorded_job.h"

#include <algorithm>
#include <string>

#include "verifier/exposure/inventory.h"
#include "verifier/provider/provider.h"

namespace jobwarden {
namespace {

bool IsIdToken(const Record::ExposedToken& token) {
  return token.kind == TokenKindName(TokenKind::kIdToken);
}

bool IsExpected(const std::string& audience, const Config& config) {
  return std::any_of(config.issuers.begin(), config.issuers.end(),
                     [&](const Issuer& issuer) { return issuer.Expects(audience); });
}

}  // namespace

Result<UnsignedJob> RecordedJob(const Record& record, const Config& config) {
  const bool any = std::any_of(record.tokens.begin(), record.tokens.end(), IsIdToken);
  if (!record.token && any) {
    return Finding{Code::kTokenMissing,
                   "the rules were not asked, because no token of the job could be verified"};
  }
  UnsignedJob job;
  job.issuer = record.issuer;
  job.provider = ProviderFromName(record.provider).value_or(Provider::kGitLab);
  if (record.token) job.claims = record.claims;
  job.facts = record.facts;
  for (const Record::ExposedToken& token : record.tokens) {
    if (!IsIdToken(token)) continue;
    // A token that was requested for this job has an audience of its own: the issuer's and a nonce.
    const bool is_the_jobs = record.token && token.sha256 == record.token->sha256;
    if (is_the_jobs && token.audiences.size() == 1) continue;
    for (const std::string& audience : token.audiences) {
      if (!IsExpected(audience, config)) job.other_audiences.push_back(audience);
    }
  }
  return job;
}

}  // namespace jobwarden
