#ifndef JOBWARDEN_TESTS_E2E_POLICY_POLICY_HOST_H_
#define JOBWARDEN_TESTS_E2E_POLICY_POLICY_HOST_H_

#include <string>
#include <vector>

#include "tests/e2e/harness.h"
#include "tests/support/certificate.h"
#include "tests/support/child.h"
#include "tests/support/exit_code.h"
#include "tests/support/fake_issuer.h"
#include "tests/support/gitlab_job.h"
#include "tests/support/minisign_key.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"

namespace jobwarden::testing {

// Another pair of keys.
extern const char* const kOtherPublicKey;
extern const char* const kOtherSecretKey;

// Rules that allow the job of ProtectedDeploy(), and a test of them.
extern const char* const kRules;
extern const char* const kTests;

/// A policy's folder, a static HTTPS server and a runner's machine, in one folder that goes with
/// it.
class PolicyHost {
 public:
  /// The runner trusts the keys: the text of a TOML list.
  explicit PolicyHost(const std::string& keys = std::string("[\"") + kPublicKey + "\"]");

  /// Writes the runner's configuration; `more` goes to its end.
  void Configure(const std::string& keys, const std::string& more = "");
  /// Writes a file of the policy's folder.
  void Edit(const std::string& path, const std::string& text) const;
  /// `jobwarden policy sign` with these words, and `password` as its standard input; the bundle is
  /// `policy.tar.gz` in the folder.
  ChildResult Sign(std::vector<std::string> more = {}, const std::string& key = kSecretKey,
                   const std::string& password = "") const;
  /// Serves the bundle and its signature, with an ETag that is that of the bytes.
  void Publish() const;
  void SignAndPublish(const std::string& serial) const;
  ChildResult Pull(std::vector<std::string> more = {}) const;
  ChildOptions PullCall() const;
  /// `jobwarden verify` of a token of ProtectedDeploy().
  ChildResult Verify() const;
  ChildResult Jobwarden(std::vector<std::string> words, const std::string& input = "") const;

  std::string url() const { return server.url() + "/policy.tar.gz"; }
  std::string config() const { return folder / "jobwarden.toml"; }
  std::string store() const { return folder / "state/policy"; }
  /// The name of the version in force; empty if there is none.
  std::string InForce() const;
  /// Makes the policy in force as old as if it had expired.
  void Expire() const;

  TempFolder folder;
  Certificate certificate = MakeCertificate("127.0.0.1");
  mutable FakeIssuer server{"", {.certificate = certificate}};
  Signer signer;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_POLICY_POLICY_HOST_H_
