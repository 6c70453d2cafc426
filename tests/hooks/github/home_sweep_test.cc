#include "hooks/github/home_sweep.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <thread>

#include "tests/support/birth_times.h"
#include "tests/support/has.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

using Names = std::vector<std::string>;

// A home folder with files that are older than the job, which begins with Begin().
struct Home {
  void Begin() {
    // Further apart than the ticks in which file systems count.
    std::this_thread::sleep_for(50ms);
    since = std::chrono::system_clock::now();
    std::this_thread::sleep_for(50ms);
  }
  void Write(const std::string& name, const std::string& text = "x") const {
    fs::create_directories(fs::path(folder / name).parent_path());
    folder.Write(name, text);
  }
  HomeLeftovers Sweep(const Names& left_alone = {}) const {
    return SweepHome(folder.path(), left_alone, since, {.time = 10min});
  }
  Names Logins() const {
    Names names;
    for (const auto& login : Sweep().logins) {
      names.push_back(login.file + (login.is_new ? "" : " changed"));
    }
    return names;
  }

  TempFolder folder;
  std::chrono::system_clock::time_point since;
};

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(Names)

BOOST_AUTO_TEST_SUITE(home_sweep, *boost::unit_test::precondition(TellsBirthTimes))

BOOST_AUTO_TEST_CASE(files_that_the_job_made_are_counted_and_older_ones_are_not) {
  Home home;
  home.Write(".npm/old");
  home.Write(".profile");
  home.Begin();
  home.Write(".npm/_cacache/a");
  home.Write(".npm/_cacache/b");
  home.Write(".profile", "changed");
  home.Write("notes");
  const HomeLeftovers left = home.Sweep();
  BOOST_TEST((left.new_files == Names{".npm/_cacache/a", ".npm/_cacache/b", "notes"}));
  BOOST_TEST((left.Counts() == std::map<std::string, std::size_t>{{".npm", 2}, {"notes", 1}}));
  BOOST_TEST(left.logins.empty());
  BOOST_TEST(left.not_whole.empty());
}

BOOST_AUTO_TEST_CASE(logins_are_told_by_their_places_new_or_changed) {
  Home home;
  home.Write(".aws/credentials");
  home.Write(".kube/config", "users: old");
  home.Write(".netrc", "machine a password b");
  home.Begin();
  home.Write(".aws/credentials", "[default]\naws_secret_access_key = x");
  home.Write(".config/gcloud/legacy_credentials/a@example.com/adc.json", "{\"a\":1}");
  home.Write(".docker/config.json", R"({"auths":{"ghcr.io":{"auth":"eDp5"}}})");
  home.Write(".ssh/id_ed25519", "-----BEGIN OPENSSH PRIVATE KEY-----");
  BOOST_TEST((home.Logins() == Names{".aws/credentials changed",
                                     ".config/gcloud/legacy_credentials/a@example.com/adc.json",
                                     ".docker/config.json", ".ssh/id_ed25519"}));
}

BOOST_AUTO_TEST_CASE(file_whose_login_is_gone_is_not_one) {
  Home home;
  home.Begin();
  home.Write(".docker/config.json", R"({"auths":{}})");
  home.Write(".npmrc", "registry=https://r.example.com/\n");
  home.Write(".aws/credentials", "");
  home.Write(".azure/msal_token_cache.json", "{}\n");
  home.Write(".ssh/id_ed25519.pub", "ssh-ed25519 AAAA");
  BOOST_TEST((home.Logins() == Names{}));
}

BOOST_AUTO_TEST_CASE(folders_of_runners_and_what_is_left_alone_are_not_searched) {
  Home home;
  home.Write("runner/.runner");
  home.Write("state/old");
  home.Begin();
  home.Write("runner/_diag/log");
  home.Write("state/new");
  home.Write("audit.jsonl");
  // A job's own folder does not become a runner's by a name.
  home.Write("mine/.runner");
  home.Write("mine/a");
  const HomeLeftovers left = home.Sweep({home.folder / "state", home.folder / "audit.jsonl"});
  BOOST_TEST((left.new_files == Names{"mine/.runner", "mine/a"}));
}

BOOST_AUTO_TEST_CASE(home_that_is_a_runner_s_folder_is_not_searched) {
  Home home;
  home.Write(".runner");
  home.Begin();
  home.Write("a");
  BOOST_TEST(home.Sweep().new_files.empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_followed_out_of_the_home_folder) {
  Home outside;
  Home home;
  home.Begin();
  outside.Write("a");
  fs::create_directory_symlink(outside.folder.path(), home.folder / "link");
  fs::create_symlink(outside.folder / "a", home.folder / "file");
  BOOST_TEST(home.Sweep().new_files.empty());
  BOOST_TEST(!RemoveNewFile(home.folder.path(), "link/a", home.since));
  BOOST_TEST(!RemoveNewFile(home.folder.path(), "file", home.since));
  BOOST_TEST(!RemoveNewFile(home.folder.path(),
                            "../" + fs::path(outside.folder.path()).filename().string() + "/a",
                            home.since));
  BOOST_TEST(fs::exists(outside.folder / "a"));
}

BOOST_AUTO_TEST_CASE(only_what_the_job_made_is_removed) {
  Home home;
  home.Write("old");
  home.Begin();
  home.Write("old", "changed");
  home.Write("a/new");
  BOOST_TEST(!RemoveNewFile(home.folder.path(), "old", home.since));
  BOOST_TEST(RemoveNewFile(home.folder.path(), "a/new", home.since));
  BOOST_TEST(!RemoveNewFile(home.folder.path(), "a/new", home.since));
  BOOST_TEST(!RemoveNewFile(home.folder.path(), "a", home.since));
  BOOST_TEST(fs::exists(home.folder / "old"));
  BOOST_TEST(!fs::exists(home.folder / "a/new"));
}

BOOST_AUTO_TEST_CASE(home_that_is_not_there_is_said) {
  const HomeLeftovers left = SweepHome("/absent/home", {}, {});
  BOOST_REQUIRE(left.not_whole.size() == 1U);
  BOOST_TEST(Has(left.not_whole[0], "\"/absent/home\": No such file or directory"));
}

BOOST_AUTO_TEST_SUITE_END()
