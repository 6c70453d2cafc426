#ifndef JOBWARDEN_TESTS_E2E_CLI_CLI_HOST_H_
#define JOBWARDEN_TESTS_E2E_CLI_CLI_HOST_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/child.h"
#include "tests/support/exit_code.h"
#include "tests/support/gitlab_job.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"

namespace jobwarden::testing {

inline constexpr std::time_t kIssuedAt = 1'800'000'000;

/// A machine with the built `jobwarden`, a configuration whose keys are pinned, and a token of
/// ProtectedDeploy() that was issued at kIssuedAt. It needs no network. All of it lies in one
/// folder, which goes with it.
class CliHost {
 public:
  CliHost();

  /// `jobwarden WORDS…`
  ChildResult Run(std::vector<std::string> words, const std::string& input = "") const;
  /// `jobwarden verify --token-stdin --now NOW --config FILE WORDS…` of `token`; NOW is a minute
  /// after kIssuedAt.
  ChildResult Verify(std::vector<std::string> more = {}) const;
  /// The record that `verify --json` prints; a failed test when it prints anything else.
  nlohmann::json VerifyJson(std::vector<std::string> more, int exit_code) const;

  std::string config_path() const { return folder / "jobwarden.toml"; }
  std::string keys_path() const { return folder / "keys.json"; }

  TempFolder folder;
  Signer signer;
  Job job = ProtectedDeploy();
  std::string token;
  Environment environment;
};

/// The one line of JSON that a program wrote to its standard output; a failed test and null when
/// there is anything else.
nlohmann::json OneLineOfJson(const ChildResult& result);

/// The codes of a record's findings, apart by one blank.
std::string CodesOf(const nlohmann::json& record);

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_CLI_CLI_HOST_H_
