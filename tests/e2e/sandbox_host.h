#ifndef JOBWARDEN_TESTS_E2E_SANDBOX_HOST_H_
#define JOBWARDEN_TESTS_E2E_SANDBOX_HOST_H_

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>

#include "tests/e2e/harness.h"
#include "tests/support/test_users.h"

namespace jobwarden::testing {

// Who runs a job: the driver's own user, or, where root runs the driver, another one.
enum class As { kOwnUser, kRunAs };

// A machine on which jobs run in a sandbox. Where root runs the tests, a driver that is not root's
// is started as another user, to whom all that the runner makes is given.
struct SandboxHost : RunnerHost {
  explicit SandboxHost(As as = As::kRunAs) {
    const bool root = geteuid() == 0;
    if (root) users.emplace(1);
    const bool runs_as = root && as == As::kRunAs;
    Change(config, "shared_user = true\n",
           "sandbox = \"bwrap\"\n" + (runs_as ? "run_as = " + users->List() + "\n" : ""));
    chmod(folder.path().c_str(), 0711);
    if (!root || runs_as) return;
    const std::string driver = folder.Write("driver", Slurp(options.driver[0]));
    chmod(driver.c_str(), 0755);
    const std::string uid = std::to_string(users->uid());
    options.driver = {"/usr/bin/setpriv", "--reuid",    uid, "--clear-groups", driver,
                      "--config",         config_path()};
    options.before_call = [this](const CallAhead& call) { Give(call.folder); };
    BOOST_REQUIRE(chown(folder.path().c_str(), users->uid(), 0) == 0);
  }

  void Give(const std::filesystem::path& path) const {
    if (lchown(path.c_str(), users->uid(), 0) != 0) return;
    for (const auto& each : std::filesystem::recursive_directory_iterator(path)) {
      BOOST_REQUIRE(lchown(each.path().c_str(), users->uid(), 0) == 0);
    }
  }

  std::optional<TestUsers> users;
};

inline constexpr As kBoth[] = {As::kRunAs, As::kOwnUser};

}  // namespace jobwarden::testing

#endif  // JOBWARDEN_TESTS_E2E_SANDBOX_HOST_H_
