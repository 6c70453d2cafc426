// The configuration as a driver reads it that is not started by root.

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"
#include "tests/verifier/config/support.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

constexpr uid_t kUser = 65534;

// Whether `kUser`, who runs the job's script too, can load root's configuration with this text.
bool Loads(const std::string& text) {
  const TempFolder etc;
  BOOST_REQUIRE(chmod(etc.path().c_str(), 0755) == 0);
  const std::string path = etc.Write("jobwarden.toml", text);
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    const bool loads = setuid(kUser) == 0 && LoadConfig(path, JobsRun::kByExecutor);
    _exit(loads ? 0 : 1);
  }
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(other_user)

BOOST_AUTO_TEST_CASE(root_s_configuration_is_good_for_a_driver_of_another_user) {
  BOOST_TEST(Loads(kGood));
}

BOOST_AUTO_TEST_CASE(an_audit_file_that_the_job_could_change_needs_a_shared_user) {
  const std::string audit = "[audit]\nfile = \"/var/log/jobwarden/audit.jsonl\"\n";
  BOOST_TEST(!Loads(kGood + audit));
  BOOST_TEST(Loads(kGood + audit + "[executor]\nshared_user = true\n"));
}

BOOST_AUTO_TEST_SUITE_END()
