#ifndef JOBWARDEN_EXECUTOR_RECEIVED_GIT_CONFIG_H_
#define JOBWARDEN_EXECUTOR_RECEIVED_GIT_CONFIG_H_

#include <optional>
#include <string>
#include <string_view>

namespace jobwarden {

/// A file of git's configuration, without the user and password of each URL in it that holds
/// `token`, percent-encoded or not. For the server of each such http URL it gets a credential
/// helper, which hands over CI_JOB_TOKEN of the environment that git runs in: so its remotes work
/// wherever a job names the token. Every other byte stays as it was; a file without the token stays
/// as it is.
///
/// Nothing when the token also stands where no URL has its password. REQUIRES: a token.
std::optional<std::string> WithoutGitCredentials(std::string_view config, std::string_view token);

}  // namespace jobwarden

#endif  // JOBWARDEN_EXECUTOR_RECEIVED_GIT_CONFIG_H_
