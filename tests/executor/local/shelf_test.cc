#include "executor/local/shelf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/temp_folder.h"

using namespace jobwarden;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using std::chrono::hours;
using std::chrono::system_clock;

Json Response() {
  return {{"id", 1},
          {"token", "t"},
          {"job_info", {{"project_id", 61}}},
          {"git_info",
           {{"repo_url", "https://gitlab-ci-token:t@gitlab.example.com/shop/checkout.git"},
            {"protected", false}}},
          {"variables", Json::array()}};
}

void Add(Json& response, const char* name, const char* value) {
  response["variables"].push_back({{"key", name}, {"value", value}, {"public", true}});
}

std::string NameFor(const Json& response) {
  const auto parsed = JobResponse::Parse(response.dump());
  BOOST_REQUIRE(parsed);
  return ShelfName(*parsed);
}

std::string NameWith(const std::vector<std::pair<const char*, const char*>>& variables) {
  Json response = Response();
  for (const auto& [name, value] : variables) Add(response, name, value);
  return NameFor(response);
}

constexpr const char* kSource = "CI_MERGE_REQUEST_SOURCE_PROJECT_ID";

// A place's folder with one file in it, and its name on the shelf.
struct Builds {
  Builds() { fs::create_directory(live); }

  std::string Kept(const std::string& shelf) const { return folder / (".kept/user/" + shelf); }
  void Keep(const std::string& shelf, hours ago) {
    fs::create_directories(Kept(shelf) + "/deeper");
    const timespec then{system_clock::to_time_t(now - ago), 0};
    const timespec times[] = {then, then};
    BOOST_REQUIRE(utimensat(AT_FDCWD, Kept(shelf).c_str(), times, 0) == 0);
  }

  testing::TempFolder folder;
  std::string live = folder / "user";
  system_clock::time_point now = system_clock::now();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(shelf)

BOOST_AUTO_TEST_CASE(project_protection_and_repository_have_a_shelf_each) {
  std::set<std::string> names{NameFor(Response())};
  Json other = Response();
  other["job_info"]["project_id"] = 62;
  names.insert(NameFor(other));
  other = Response();
  other["git_info"]["protected"] = true;
  names.insert(NameFor(other));
  other = Response();
  other["git_info"]["repo_url"] = "https://gitlab-ci-token:t@other.example.com/shop/checkout.git";
  names.insert(NameFor(other));
  other = Response();
  other["git_info"].erase("repo_url");
  names.insert(NameFor(other));
  BOOST_TEST(names.size() == 5U);
  BOOST_TEST(!names.contains(""));
}

BOOST_AUTO_TEST_CASE(token_in_the_url_does_not_count) {
  Json other = Response();
  other["git_info"]["repo_url"] =
      "https://gitlab-ci-token:u@x@gitlab.example.com/shop/checkout.git";
  BOOST_TEST(NameFor(other) == NameFor(Response()));
  const auto parsed = JobResponse::Parse(other.dump());
  BOOST_TEST(parsed->Repository() == "https://gitlab.example.com/shop/checkout.git");
}

BOOST_AUTO_TEST_CASE(no_variable_leads_to_the_shelf_of_another) {
  Json foreign = Response();
  foreign["git_info"]["repo_url"] = "https://t@other.example.com/x.git";
  Add(foreign, "CI_SERVER_URL", "https://gitlab.example.com");
  Add(foreign, "CI_REPOSITORY_URL", "https://gitlab.example.com/shop/checkout.git");
  Add(foreign, "CI_PROJECT_ID", "61");
  BOOST_TEST(NameFor(foreign) != NameFor(Response()));
  BOOST_TEST(NameWith({{"CI_SERVER_URL", "https://x"}, {"CI_PROJECT_ID", "1"}}) ==
             NameFor(Response()));
}

BOOST_AUTO_TEST_CASE(each_fork_has_a_shelf_of_its_own) {
  const std::string own = NameFor(Response());
  const std::string fork = NameWith({{kSource, "900"}});
  BOOST_TEST(NameWith({{kSource, "61"}}) == own);
  BOOST_TEST(fork != own);
  BOOST_TEST(NameWith({{kSource, "901"}}) != fork);
  BOOST_TEST(NameWith({{kSource, "900"}, {kSource, "900"}}) == fork);
}

BOOST_AUTO_TEST_CASE(nothing_is_kept_of_a_fork_that_is_gone_or_disputed) {
  BOOST_TEST(NameWith({{kSource, ""}}).empty());
  BOOST_TEST(NameWith({{kSource, "61"}, {kSource, "900"}}).empty());
  BOOST_TEST(NameWith({{kSource, "900"}, {kSource, "61"}}).empty());
}

BOOST_AUTO_TEST_CASE(what_was_left_is_found_again_on_the_same_shelf_alone) {
  Builds builds;
  std::ofstream(builds.live + "/left") << "x";
  BOOST_REQUIRE(PutOnShelf(builds.live, "one"));
  BOOST_TEST(!fs::exists(builds.live));
  BOOST_REQUIRE(TakeFromShelf(builds.live, "two", std::nullopt));
  BOOST_TEST(fs::is_empty(builds.live));
  BOOST_REQUIRE(PutOnShelf(builds.live, "two"));
  BOOST_REQUIRE(TakeFromShelf(builds.live, "one", std::nullopt));
  BOOST_TEST(fs::exists(builds.live + "/left"));
}

BOOST_AUTO_TEST_CASE(without_a_shelf_nothing_is_kept) {
  Builds builds;
  std::ofstream(builds.live + "/left") << "x";
  BOOST_REQUIRE(PutOnShelf(builds.live, ""));
  BOOST_TEST(!fs::exists(builds.live));
  BOOST_REQUIRE(TakeFromShelf(builds.live, "", std::nullopt));
  BOOST_TEST(fs::is_empty(builds.live));
}

BOOST_AUTO_TEST_CASE(what_nobody_used_for_long_is_removed) {
  Builds builds;
  builds.Keep("old", kKeptUnused + hours(1));
  builds.Keep("new", kKeptUnused - hours(1));
  BOOST_REQUIRE(PruneShelves(builds.folder.path(), builds.now));
  BOOST_TEST(!fs::exists(builds.Kept("old")));
  BOOST_TEST(fs::exists(builds.Kept("new")));
  BOOST_TEST(fs::is_empty(builds.folder / ".kept/.removed"));
  BOOST_REQUIRE(PruneShelves(builds.folder / "nowhere", builds.now));
}

// The job that left it has no say in when that was.
BOOST_AUTO_TEST_CASE(time_counts_from_the_end_of_the_job) {
  Builds builds;
  const timespec far{system_clock::to_time_t(builds.now + hours(100'000)), 0};
  const timespec times[] = {far, far};
  BOOST_REQUIRE(utimensat(AT_FDCWD, builds.live.c_str(), times, 0) == 0);
  BOOST_REQUIRE(PutOnShelf(builds.live, "one"));
  BOOST_REQUIRE(PruneShelves(builds.folder.path(), builds.now + kKeptUnused + hours(1)));
  BOOST_TEST(!fs::exists(builds.Kept("one")));
}

BOOST_AUTO_TEST_CASE(what_an_earlier_call_could_not_remove_is_removed) {
  Builds builds;
  fs::create_directories(builds.folder / ".kept/.removed/x/kept");
  BOOST_REQUIRE(PruneShelves(builds.folder.path(), builds.now));
  BOOST_TEST(fs::is_empty(builds.folder / ".kept/.removed"));
}

BOOST_AUTO_TEST_SUITE_END()
