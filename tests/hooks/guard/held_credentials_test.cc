#include "hooks/guard/held_credentials.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>

#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::Slurp;
using jobwarden::testing::TempFolder;
namespace fs = std::filesystem;

namespace {

const std::string kRest = "[core]\n\tbare = false\n";
const std::string kCredentials =
    "[http \"https://github.com/\"]\n\textraheader = AUTHORIZATION: basic eDp5\n";
const std::string kTaken = kRest + "[http \"https://github.com/\"]\n";

struct Job {
  Job() {
    for (const char* folder : {"ws/.git/modules/libs/one", "ws/deep/app/.git", "temp"}) {
      fs::create_directories(folder_ / folder);
    }
    for (const std::string& config : configs) folder_.Write(config, kRest + kCredentials);
    folder_.Write(file, "the file of v6\n");
    BOOST_REQUIRE(chmod((folder_ / file).c_str(), 0640) == 0);
  }
  std::string Read(const std::string& path) const { return Slurp(folder_ / path); }
  std::string operator/(const std::string& path) const { return folder_ / path; }

  TempFolder folder_;
  std::string file = "temp/git-credentials-1234.config";
  std::vector<std::string> configs = {"ws/.git/config", "ws/.git/modules/libs/one/config",
                                      "ws/deep/app/.git/config"};
  HeldCredentials credentials{folder_ / "held", folder_ / "ws", folder_ / "temp"};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(held_credentials)

BOOST_AUTO_TEST_CASE(both_layouts_are_taken_and_come_back) {
  const Job job;
  job.credentials.Take();
  for (const std::string& config : job.configs) BOOST_TEST(job.Read(config) == kTaken);
  BOOST_TEST(!fs::exists(job / job.file));
  BOOST_TEST(job.credentials.GiveBack());
  for (const std::string& config : job.configs) {
    BOOST_TEST(job.Read(config) == kTaken + kCredentials);
  }
  BOOST_TEST(job.Read(job.file) == "the file of v6\n");
  struct stat st = {};
  BOOST_REQUIRE(stat((job / job.file).c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 0777U) == 0640U);
  BOOST_TEST(job.credentials.GiveBack());
}

BOOST_AUTO_TEST_CASE(what_was_taken_twice_comes_back_once) {
  const Job job;
  job.credentials.Take();
  job.credentials.Take();
  BOOST_TEST(job.credentials.GiveBack());
  BOOST_TEST(job.Read("ws/.git/config") == kTaken + kCredentials);
  job.credentials.Take();
  BOOST_TEST(job.credentials.GiveBack());
  BOOST_TEST(job.Read(job.file) == "the file of v6\n");
}

BOOST_AUTO_TEST_CASE(a_configuration_that_git_has_locked_stays_as_it_is) {
  const Job job;
  job.folder_.Write("ws/.git/config.lock", "");
  job.credentials.Take();
  BOOST_TEST(job.Read("ws/.git/config") == kRest + kCredentials);
  BOOST_TEST(job.credentials.GiveBack());
  BOOST_TEST(job.Read("ws/.git/config") == kRest + kCredentials);
}

BOOST_AUTO_TEST_CASE(a_lock_that_a_killed_process_of_ours_left_is_removed) {
  const Job job;
  job.credentials.Take();
  job.folder_.Write("ws/.git/config.jobwarden", "half");
  fs::create_hard_link(job / "ws/.git/config.jobwarden", job / "ws/.git/config.lock");
  BOOST_TEST(job.credentials.GiveBack());
  BOOST_TEST(job.Read("ws/.git/config") == kTaken + kCredentials);
  BOOST_TEST(!fs::exists(job / "ws/.git/config.lock"));
  BOOST_TEST(!fs::exists(job / "ws/.git/config.jobwarden"));
}

BOOST_AUTO_TEST_CASE(what_a_new_checkout_wrote_meanwhile_stays) {
  const Job job;
  job.credentials.Take();
  job.folder_.Write("ws/.git/config", kRest + kCredentials);
  job.folder_.Write(job.file, "another\n");
  BOOST_TEST(job.credentials.GiveBack());
  BOOST_TEST(job.Read("ws/.git/config") == kRest + kCredentials);
  BOOST_TEST(job.Read(job.file) == "another\n");
}

BOOST_AUTO_TEST_CASE(a_checkout_that_is_gone_needs_nothing_back) {
  const Job job;
  job.credentials.Take();
  fs::remove_all(job / "ws/deep");
  fs::remove(job / "ws/.git/config");
  BOOST_TEST(job.credentials.GiveBack());
  BOOST_TEST(!fs::exists(job / "ws/deep"));
  BOOST_TEST(!fs::exists(job / "ws/.git/config"));
}

BOOST_AUTO_TEST_CASE(links_are_not_followed) {
  const Job job;
  job.folder_.Write("elsewhere", kRest + kCredentials);
  fs::remove(job / "ws/.git/config");
  fs::create_symlink(job / "elsewhere", job / "ws/.git/config");
  job.credentials.Take();
  BOOST_TEST(job.Read("elsewhere") == kRest + kCredentials);
}

BOOST_AUTO_TEST_CASE(where_nothing_was_taken_nothing_is_made) {
  const Job job;
  BOOST_TEST(job.credentials.GiveBack());
  BOOST_TEST(!fs::exists(job / "held"));
}

BOOST_AUTO_TEST_SUITE_END()
