#include "hooks/step/mounts.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

const std::vector<Mount> kMounts = {{"/github/home", "/w/_temp/_github_home"}, {"/__w", "/w"}};

std::string Here(std::string_view path) {
  return PathHere(kMounts, path).value_or("nowhere");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mounts)

BOOST_AUTO_TEST_CASE(path_below_a_mount_lies_below_its_folder) {
  BOOST_TEST(Here("/__w/app/app/ci.sh") == "/w/app/app/ci.sh");
  BOOST_TEST(Here("/__w") == "/w");
  BOOST_TEST(Here("/github/home/x") == "/w/_temp/_github_home/x");
}

BOOST_AUTO_TEST_CASE(name_that_only_begins_like_a_mount_is_none_of_it) {
  for (const char* path : {"/__work", "/__", "/github", "/github/homes", "/", "/usr/bin/env", ""}) {
    BOOST_TEST(Here(path) == "nowhere");
  }
}

BOOST_AUTO_TEST_CASE(first_mount_that_holds_it_counts) {
  BOOST_TEST(PathHere({{"/a/b", "/1"}, {"/a", "/2"}}, "/a/b/c").value() == "/1/c");
  BOOST_TEST(PathHere({{"/a", "/2"}, {"/a/b", "/1"}}, "/a/b/c").value() == "/2/b/c");
}

BOOST_AUTO_TEST_SUITE_END()
