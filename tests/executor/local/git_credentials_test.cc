#include "executor/local/git_credentials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>

#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::Slurp;
using jobwarden::testing::TempFolder;
namespace fs = std::filesystem;

namespace {

constexpr char kToken[] = "glcbt-64_0123456789abcdef0123";
const std::string kWithToken = "https://gitlab-ci-token:" + std::string(kToken) + "@gitlab.example";

// A checkout as get_sources leaves it, one file changed by a test.
struct Builds {
  Builds() {
    Write("shop/app/.git/config", OldConfig());
    Write("shop/app/.git/HEAD", "ref: refs/heads/main\n");
  }
  static std::string OldConfig() {
    return "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = " + kWithToken + "/shop/app.git\n";
  }
  void Write(const std::string& name, std::string_view text) const {
    fs::create_directories(fs::path(folder / name).parent_path());
    folder.Write(name, text);
  }
  bool HoldsToken(const std::string& name) const {
    return Slurp(folder / name).find(kToken) != std::string::npos;
  }
  Status Strip() const {
    return StripGitCredentials(folder.path(), folder / "shop/app", kToken,
                               TokenElsewhere::kRefused);
  }
  // Why it was refused, without the folder's name; "fine" when it was not.
  std::string Refusal() const {
    const Status status = Strip();
    if (status) return "fine";
    const Finding& finding = status.findings().front();
    BOOST_TEST(CodeName(finding.code) == "STATE_UNWRITABLE");
    BOOST_TEST(finding.message.find(kToken) == std::string::npos);
    std::string message = finding.message;
    const auto at = message.find(folder.path() + "/shop/");
    return at == std::string::npos ? message : message.erase(at, folder.path().size() + 6);
  }

  TempFolder folder;
};

std::string CannotBeTakenOut(const std::string& path, const std::string& why) {
  return "the job token cannot be taken out of \"" + path + "\": " + why;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(git_credentials)

// The next job's get_sources writes its URL into the same file, with older runners.
BOOST_AUTO_TEST_CASE(every_configuration_of_a_checkout_is_rewritten) {
  const Builds builds;
  const std::vector<std::string> names{"shop/app/.git/config",
                                       "shop/app/.git/config.worktree",
                                       "shop/app/.git/modules/lib/config",
                                       "shop/app/.git/modules/lib/modules/deep/config",
                                       "shop/app/.git/modules/with/slashes/config",
                                       "shop/app/.git/modules/with/objects/config",
                                       "shop/app.tmp/.gitlab-runner.ext.conf"};
  for (const std::string& name : names) builds.Write(name, Builds::OldConfig());
  builds.Write("shop/app/.git/modules/lib/HEAD", "x");
  BOOST_TEST(builds.Refusal() == "fine");
  for (const std::string& name : names) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(!builds.HoldsToken(name));
      BOOST_TEST(Slurp(builds.folder / name)
                     .starts_with("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = "
                                  "https://gitlab.example/shop/"));
    }
  }
}

BOOST_AUTO_TEST_CASE(mode_and_owner_of_a_file_stay) {
  const Builds builds;
  const std::string path = builds.folder / "shop/app/.git/config";
  BOOST_REQUIRE(chmod(path.c_str(), 0640) == 0);
  const bool root = geteuid() == 0;
  if (root) BOOST_REQUIRE(chown(path.c_str(), 12345, 12346) == 0);
  BOOST_TEST(builds.Refusal() == "fine");
  struct stat st {};
  BOOST_REQUIRE(stat(path.c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 07777) == 0640U);
  BOOST_TEST(st.st_uid == (root ? 12345 : geteuid()));
  BOOST_TEST(st.st_gid == (root ? 12346 : getegid()));
}

BOOST_AUTO_TEST_CASE(a_file_without_the_token_is_not_replaced) {
  const Builds builds;
  builds.Write("shop/app/.git/config", "[core]\n");
  const std::string path = builds.folder / "shop/app/.git/config";
  struct stat before {};
  struct stat after {};
  BOOST_REQUIRE(stat(path.c_str(), &before) == 0);
  BOOST_TEST(builds.Refusal() == "fine");
  BOOST_REQUIRE(stat(path.c_str(), &after) == 0);
  BOOST_TEST(before.st_ino == after.st_ino);
}

BOOST_AUTO_TEST_CASE(a_job_without_a_checkout_has_nothing_to_lose) {
  const Builds builds;
  fs::remove_all(builds.folder / "shop/app/.git");
  BOOST_TEST(builds.Refusal() == "fine");
  fs::remove_all(builds.folder / "shop");
  BOOST_TEST(builds.Refusal() == "fine");
}

BOOST_AUTO_TEST_CASE(links_are_refused_and_what_they_lead_to_stays) {
  const TempFolder outside;
  const std::string target = outside.Write("config", Builds::OldConfig());
  const auto expect = [&](const std::string& link, const std::string& to) {
    BOOST_TEST_CONTEXT(link) {
      const Builds builds;
      fs::create_directories(fs::path(builds.folder / ("shop/" + link)).parent_path());
      fs::remove_all(builds.folder / ("shop/" + link));
      fs::create_symlink(to, builds.folder / ("shop/" + link));
      BOOST_TEST(builds.Refusal() == CannotBeTakenOut(link, "it is reached through a link"));
    }
  };
  expect("app/.git/config", target);
  expect("app/.git/config.worktree", "config");
  expect("app/.git", outside.path());
  expect("app/.git/modules", outside.path());
  expect("app/.git/modules/lib", outside.path());
  expect("app/.git/modules/with/slash", outside.path());
  expect("app.tmp", outside.path());
  expect("app.tmp/.gitlab-runner.ext.conf", target);
  BOOST_TEST(Slurp(target) == Builds::OldConfig());
  BOOST_TEST(outside.Names() == std::set<std::string>{"config"});
}

BOOST_AUTO_TEST_CASE(what_is_no_file_or_no_folder_is_refused) {
  const std::string config = "app/.git/config";
  {
    const Builds builds;
    const std::string path = builds.folder / ("shop/" + config);
    fs::remove(path);
    BOOST_REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    BOOST_TEST(builds.Refusal() == CannotBeTakenOut(config, "it is no regular file"));
    fs::remove(path);
    fs::create_directory(path);
    BOOST_TEST(builds.Refusal() == CannotBeTakenOut(config, "it is no regular file"));
  }
  const Builds builds;
  fs::remove_all(builds.folder / "shop/app/.git");
  builds.Write("shop/app/.git", "gitdir: /elsewhere\n");
  BOOST_TEST(builds.Refusal() == CannotBeTakenOut("app/.git", "Not a directory"));
}

BOOST_AUTO_TEST_CASE(a_huge_configuration_is_refused) {
  const Builds builds;
  const std::string path = builds.folder / "shop/app/.git/config";
  BOOST_REQUIRE(truncate(path.c_str(), off_t{10} << 30U) == 0);
  BOOST_TEST(builds.Refusal() ==
             "git configuration \"app/.git/config\": larger than the limit of 1048576 bytes");
}

BOOST_AUTO_TEST_CASE(endless_folders_of_submodules_are_refused) {
  {
    const Builds builds;
    std::string deep = "shop/app/.git/modules";
    for (int i = 0; i < 40; ++i) deep += "/d";
    fs::create_directories(builds.folder / deep);
    BOOST_TEST(builds.Refusal().ends_with("\": it lies too deep"));
  }
  const Builds builds;
  fs::create_directory(builds.folder / "shop/app/.git/modules");
  for (int i = 0; i < 4'097; ++i) {
    builds.folder.Write("shop/app/.git/modules/" + std::to_string(i), "");
  }
  BOOST_TEST(builds.Refusal() == CannotBeTakenOut("app/.git/modules", "it holds too many files"));
}

BOOST_AUTO_TEST_CASE(a_configuration_that_git_has_locked_is_refused_and_stays) {
  const Builds builds;
  builds.Write("shop/app/.git/config.lock", "");
  BOOST_TEST(builds.Refusal() ==
             CannotBeTakenOut("app/.git/config", "it is locked: config.lock is there"));
  BOOST_TEST(builds.HoldsToken("shop/app/.git/config"));
  BOOST_TEST(fs::exists(builds.folder / "shop/app/.git/config.lock"));
}

BOOST_AUTO_TEST_CASE(a_token_that_stays_in_a_file_is_refused_and_not_shown) {
  const Builds builds;
  builds.Write("shop/app/.git/config", Builds::OldConfig() + "# " + kToken);
  BOOST_TEST(builds.Refusal() ==
             CannotBeTakenOut("app/.git/config", "it stands there elsewhere than in a URL"));
  BOOST_TEST(!fs::exists(builds.folder / "shop/app/.git/config.lock"));
}

BOOST_AUTO_TEST_CASE(a_project_outside_the_builds_folder_is_refused) {
  const Builds builds;
  const Status status = StripGitCredentials(builds.folder / "else", builds.folder / "shop/app",
                                            kToken, TokenElsewhere::kRefused);
  BOOST_REQUIRE(!status);
  BOOST_TEST(status.findings().front().message.ends_with("is not below executor.builds_dir"));
}

BOOST_AUTO_TEST_SUITE_END()
