#ifndef JOBWARDEN_VERIFIER_EXPOSURE_SERVER_NAMES_H_
#define JOBWARDEN_VERIFIER_EXPOSURE_SERVER_NAMES_H_

#include <string_view>

namespace jobwarden {

/// Whether GitLab itself gives the job token under this name: CI_JOB_TOKEN, CI_REGISTRY_PASSWORD,
/// KUBECONFIG … Any other name of it is one that a person chose.
bool IsServersNameOfJobToken(std::string_view name);

/// CI_JOB_JWT, CI_JOB_JWT_V1, CI_JOB_JWT_V2: a JWT that older servers gave to each job unasked.
bool IsLegacyName(std::string_view name);

/// Whether programs read the variable although no script ever names it: the credential files of
/// `identity: google_cloud`.
bool IsReadUnnamed(std::string_view name);

/// Whether a token has this name although no person gave it one: any of the above.
bool IsServersName(std::string_view name);

/// Whether GitLab or its runner fills the variable: with text that people wrote for people (a
/// commit's message), or that says what the pipeline is (a branch, the job's name, its services).
/// A token's name in it is no use, and a token in it is not declared.
bool IsServersText(std::string_view name);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_EXPOSURE_SERVER_NAMES_H_
