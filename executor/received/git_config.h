#ifndef JOBWARDEN_EXECUTOR_RECEIVED_GIT_CONFIG_H_
#define JOBWARDEN_EXECUTOR_RECEIVED_GIT_CONFIG_H_

#include <optional>
#include <string>
#include <string_view>

namespace jobwarden {

/// What becomes of a token that is not in a URL, for example in http.extraHeader. GitLab Runner
/// writes it in URLs only, as far as is known.
enum class TokenElsewhere {
  kRefused,  ///< no line of the job has run yet: it is not known who wrote it
  kStays,    ///< a line of the job gave it to git
};

/// Returns a file of git's configuration without the user and password of each URL in it that holds
/// `token`, percent-encoded or not. For the server of each such http URL the file gets a credential
/// helper, which hands over CI_JOB_TOKEN of the environment that git runs in: so its remotes work
/// wherever a job names the token. Every other byte stays as it was; a file without the token stays
/// as it is.
///
/// Returns nothing when the token also stands elsewhere, and `elsewhere` refuses that. REQUIRES: a
/// token.
std::optional<std::string> WithoutGitCredentials(std::string_view config, std::string_view token,
                                                 TokenElsewhere elsewhere);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_RECEIVED_GIT_CONFIG_H_
