#ifndef JOBWARDEN_VERIFIER_OS_ENVIRONMENT_H_
#define JOBWARDEN_VERIFIER_OS_ENVIRONMENT_H_

#include <sys/resource.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "verifier/base/result.h"
#include "verifier/base/secret.h"

namespace jobwarden {

/// Keeps other processes of the same user from looking into this one: no core dump, no debugger,
/// and `/proc/PID` belongs to root. A child that runs another program is not protected.
///
/// Call it first in main. Returns the limit on core dumps from before, which programs that are
/// started later get. DRIVER_FAILED when the system refuses.
Result<rlimit> HideProcess();

/// The environment that this process was started with, in memory of its own.
class Environment {
 public:
  using Variables = std::map<std::string, Secret, std::less<>>;

  Environment() = default;
  /// From these variables, for a program that reads another program's environment, and for tests.
  explicit Environment(Variables variables) : variables_(std::move(variables)) {}

  /// Moves the environment here: overwrites the block that the kernel shows as
  /// `/proc/PID/environ`, and leaves nothing for getenv or for children to inherit.
  /// If a name appears twice, its first value counts, as for getenv.
  static Environment Take();

  /// The value; the empty text if the variable is absent or empty.
  std::string_view Get(std::string_view name) const;
  const Variables& variables() const { return variables_; }

 private:
  Variables variables_;
};

/// `NAME=VALUE` of http_proxy, https_proxy, no_proxy and all_proxy, in both cases: by which way a
/// program goes to the network.
std::vector<std::string> ProxySettings(const Environment& environment);

/// ProxySettings, and SSL_CERT_FILE and SSL_CERT_DIR, which say whom the program trusts there.
/// REQUIRES: an environment that no job wrote, where anything but the job itself relies on what the
/// program fetches.
std::vector<std::string> NetworkSettings(const Environment& environment);

}  // namespace jobwarden

#endif  // JOBWARDEN_VERIFIER_OS_ENVIRONMENT_H_
