#ifndef JOBWARDEN_VERIFIER_DOCTOR_GITHUB_ENV_H_
#define JOBWARDEN_VERIFIER_DOCTOR_GITHUB_ENV_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "verifier/base/result.h"
#include "verifier/doctor/check.h"

namespace jobwarden {

using GitHubEnv = std::map<std::string, std::string, std::less<>>;

/// The file `.env` of GitHub's runner: NAME=VALUE a line, without quotes.
Result<GitHubEnv> ReadGitHubEnv(const Patient& patient);

/// A value in it; empty if it is absent, or the file cannot be read.
std::string GitHubSetting(const Result<GitHubEnv>& env, std::string_view name);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_DOCTOR_GITHUB_ENV_H_
