#ifndef JOBWARDEN_TESTS_E2E_SERVE_SERVE_HOST_H_
#define JOBWARDEN_TESTS_E2E_SERVE_SERVE_HOST_H_

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/child.h"
#include "tests/support/gitlab_job.h"
#include "tests/support/raw_client.h"
#include "tests/support/signer.h"
#include "tests/support/temp_folder.h"

namespace jobwarden::testing {

/// The built `jobwarden serve` on a port of its own, with an issuer whose keys are pinned, and a
/// token of ProtectedDeploy() that is good now.
class ServeHost {
 public:
  /// `serve` are lines of `[serve]`, or a whole configuration that begins with `version`; `words`
  /// come after the command; so many `descriptors` it may have, if that is not 0.
  explicit ServeHost(const std::string& serve = "", std::vector<std::string> words = {},
                     Environment environment = {}, unsigned descriptors = 0);
  ServeHost(const ServeHost&) = delete;
  ServeHost& operator=(const ServeHost&) = delete;
  ~ServeHost();

  HttpReply Ask(const std::string& method, const std::string& target, const std::string& body = "",
                const std::string& fields = "") const;
  HttpReply Post(const std::string& path, const nlohmann::json& body) const {
    return Ask("POST", path, body.dump());
  }
  HttpReply Get(const std::string& target) const { return Ask("GET", target); }
  RawClient Connect() const { return RawClient(port); }

  /// Tells the server to end, and returns its exit code.
  int End();
  void Signal(int number) const;
  /// What the server has written to its standard error.
  std::string log() const { return Slurp(folder / "log"); }
  /// Waits until this is in the log; false after 20 s.
  bool Logged(const std::string& text) const;
  /// Writes the configuration, with other lines of `[serve]`.
  void Configure(const std::string& serve) const;
  std::string config_path() const { return folder / "jobwarden.toml"; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port); }
  /// Of the server's process: a line of /proc/PID/status, as a number.
  long StatusLine(const std::string& name) const;
  std::size_t descriptors() const;

  TempFolder folder;
  Signer signer;
  Job job = ProtectedDeploy();
  std::string token;
  std::uint16_t port = 0;
  pid_t pid = -1;
};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_SERVE_SERVE_HOST_H_
