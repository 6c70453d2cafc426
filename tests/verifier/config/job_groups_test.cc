// Which groups no user of a job may be in. For root: each case has an /etc/group of its own.

#include "verifier/config/job_groups.h"

#include <grp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/support/temp_folder.h"

namespace jobwarden {
namespace {

constexpr int kAccepted = 0;
constexpr int kRefused = 1;

// What comes of user `games` on a machine whose /etc/group has `line` first, and where `folder`
// lies at /usr/local.
int Check(const std::string& line, const std::string& folder = "") {
  const testing::TempFolder files;
  const std::string groups =
      files.Write("group", line + "\nroot:x:0:\ngames:x:60:\nusers:x:100:games\n");
  chmod(groups.c_str(), 0644);
  const pid_t child = fork();
  if (child == 0) {
    const auto put = [](const std::string& from, const char* at) {
      return mount(from.c_str(), at, nullptr, MS_BIND, nullptr) == 0;
    };
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        !put(groups, "/etc/group") || (!folder.empty() && !put(folder, "/usr/local"))) {
      _exit(126);
    }
    const Status checked = CheckJobGroups({"games"});
    if (checked) _exit(kAccepted);
    const Finding& finding = checked.findings().front();
    const bool says = finding.message.starts_with("user \"games\" is in group ");
    _exit(finding.code == Code::kConfigInvalid && says ? kRefused : 127);
  }
  int status = 0;
  BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

BOOST_AUTO_TEST_SUITE(job_groups)

BOOST_AUTO_TEST_CASE(member_of_a_group_that_is_as_good_as_root_is_refused) {
  for (const std::string name : {"docker", "lxd", "disk", "sudo", "wheel", "shadow", "libvirt"}) {
    BOOST_TEST(Check(name + ":x:990:someone,games") == kRefused, name);
    BOOST_TEST(Check(name + ":x:990:someone,gamesx") == kAccepted, name);
  }
}

BOOST_AUTO_TEST_CASE(it_may_be_the_user_s_own_group_or_have_two_names) {
  BOOST_TEST(Check("docker:x:60:") == kRefused);
  BOOST_TEST(Check("other:x:990:games\nwheel:x:990:") == kRefused);
}

BOOST_AUTO_TEST_CASE(other_groups_are_accepted) {
  for (const std::string name : {"kvm", "video", "audio", "ci", "dockers"}) {
    BOOST_TEST(Check(name + ":x:990:games") == kAccepted, name);
  }
}

BOOST_AUTO_TEST_CASE(group_that_may_write_where_root_looks_for_programs_is_refused) {
  const testing::TempFolder local;
  const std::string folder = local.path() + "/bin";
  BOOST_REQUIRE(mkdir(folder.c_str(), 0755) == 0 && chmod(folder.c_str(), 02775) == 0);
  BOOST_REQUIRE(chown(folder.c_str(), 0, 990) == 0);
  BOOST_TEST(Check("staff:x:990:games", local.path()) == kRefused);
  BOOST_TEST(Check("staff:x:990:", local.path()) == kAccepted);
  BOOST_REQUIRE(chmod(folder.c_str(), 0755) == 0);
  BOOST_TEST(Check("staff:x:990:games", local.path()) == kAccepted);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
