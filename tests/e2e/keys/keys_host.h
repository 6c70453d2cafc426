#ifndef JOBWARDEN_TESTS_E2E_KEYS_KEYS_HOST_H_
#define JOBWARDEN_TESTS_E2E_KEYS_KEYS_HOST_H_

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "tests/e2e/harness.h"
#include "tests/support/child.h"
#include "tests/support/exit_code.h"
#include "tests/support/gitlab_job.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"

namespace jobwarden::testing {

// Exit codes of `jobwarden-executor prepare`, as keys_host.cc asks for them.
inline constexpr int kBuildFailure = 101;
inline constexpr int kSystemFailure = 102;

/// A machine with the built programs, and a job that comes to it with a token of `url`. All of it
/// lies in one folder, which goes with it.
class KeysHost {
 public:
  /// An issuer `gitlab` at `url`; `settings` are lines of its `[issuer.keys]`.
  explicit KeysHost(const std::string& url, const std::string& settings = "");

  /// `jobwarden WORDS… --config FILE`
  ChildResult Jobwarden(std::vector<std::string> words, const std::string& input = "") const;
  ChildResult Refresh(std::vector<std::string> more = {}) const;
  /// `jobwarden verify` of the job's token.
  ChildResult Verify() const { return Verify(signer); }
  ChildResult Verify(const Signer& signer) const;
  /// `jobwarden-executor prepare` of a job with tokens by this signer, once.
  ChildResult Prepare() const { return Prepare(signer); }
  ChildResult Prepare(const Signer& signer) const;
  /// The same, not run yet; and another job with the same tokens.
  ChildOptions PrepareCall(const Signer& signer) const;
  ChildOptions Again(ChildOptions call) const;

  /// Writes the configuration with these lines in its `[issuer.keys]`.
  void Configure(const std::string& settings);
  /// Makes the stored key set so much older.
  void Age(std::chrono::seconds time, const std::string& issuer = "gitlab") const;
  /// Forgets the last attempt, so that the next program makes its own.
  void ForgetAttempt() const;
  void ForgetAll() const;
  std::string stored() const { return Slurp(folder / "state/keys/gitlab.json"); }
  /// The `kid`s in the stored set; nothing and a failed test when it is torn.
  std::vector<std::string> StoredKids() const;

  TempFolder folder;
  Signer signer{"RS256", "gitlab-key"};
  std::string url;
  std::string allowed = "gitlab";  ///< the issuer of the one allow rule
  std::string more_config;         ///< put after what Configure writes
  Environment environment;         ///< added to that of each program
  std::vector<std::string> as;     ///< words before each command, for example `setpriv`
  std::string programs;            ///< the folder of the built programs
  bool shared_user = true;

 private:
  mutable std::atomic<int> jobs_ = 0;
};

/// The url of an issuer that is gone.
std::string UrlOfNobody();

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_KEYS_KEYS_HOST_H_
