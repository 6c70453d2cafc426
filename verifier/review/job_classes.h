#ifndef JOBWARDEN_VERIFIER_REVIEW_JOB_CLASSES_H_
#define JOBWARDEN_VERIFIER_REVIEW_JOB_CLASSES_H_

#include <string>
#include <vector>

#include "verifier/config/config.h"
#include "verifier/policy/witness.h"

namespace jobwarden {

/// All jobs that two configurations can meet, in classes: by whose token a job brings, for which
/// audience, and for events of which `[fork] events` says different things, by event. A job may be
/// in several classes. Points into the configurations.
///
/// Jobs that bring tokens of several issuers, or for several audiences, are in no class if the
/// configurations differ in how they see such tokens: see SeveralTokensDiffer.
std::vector<JobClass> ClassesOf(const Config& allowing, const Config& refusing);

/// Whether a job with several id_tokens can be allowed where a job with each of them alone is not.
bool SeveralTokensDiffer(const Config& allowing, const Config& refusing);

/// The issuer for tokens of this url and audience; null if there is none.
const Issuer* IssuerFor(const Config& config, const std::string& url, const std::string& audience);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_REVIEW_JOB_CLASSES_H_
