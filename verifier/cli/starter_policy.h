#ifndef JOBWARDEN_VERIFIER_CLI_STARTER_POLICY_H_
#define JOBWARDEN_VERIFIER_CLI_STARTER_POLICY_H_

#include <string>

#include "verifier/provider/issuer.h"

namespace jobwarden {

/// What a first policy is made of. All but `help` is needed.
struct StarterAnswers {
  Provider provider = Provider::kGitLab;
  std::string url;
  std::string audience;
  std::string project;     ///< `group/name`
  std::string project_id;  ///< decimal digits
  std::string ref;         ///< a branch, without refs/heads/
  std::string help;
};

/// The texts of a first policy's files.
struct StarterPolicy {
  std::string config;
  std::string rules;
  std::string tests;  ///< in a folder beside the configuration
};

/// Writes the texts. Whether the answers make a good policy is not looked at: `policy check` and
/// `policy test` find that out.
StarterPolicy WriteStarterPolicy(const StarterAnswers& answers, const std::string& config_name);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_CLI_STARTER_POLICY_H_
