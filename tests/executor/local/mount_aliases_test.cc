#include "executor/local/mount_aliases.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

using Paths = std::vector<std::filesystem::path>;

// A root, a data disk that is mounted at /data, and two of its folders that are shown again.
constexpr std::string_view kMountInfo =
    "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "22 21 0:5 / /proc rw - proc proc rw\n"
    "30 21 8:16 / /data rw shared:2 - ext4 /dev/sdb rw\n"
    "31 21 8:16 /jobs /srv/job\\040s rw - ext4 /dev/sdb rw\n"
    "32 21 8:16 /jobs/builds/shared /usr/share/pictures rw - ext4 /dev/sdb rw\n"
    "33 21 8:1 /var/lib/keys /keys ro - ext4 /dev/sda1 rw\n"
    "34 21 8:1 /\n";

Paths Aliases(const char* path) {
  return MountAliases(path, ParseMounts(kMountInfo));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mount_aliases)

BOOST_AUTO_TEST_CASE(lines_are_read_with_their_escapes) {
  const auto mounts = ParseMounts(kMountInfo);
  BOOST_TEST(mounts.size() == 6U);
  BOOST_TEST(mounts[3].device == "8:16");
  BOOST_TEST(mounts[3].root == "/jobs");
  BOOST_TEST(mounts[3].point == "/srv/job s");
  BOOST_TEST(mounts[2].type == "ext4");
  BOOST_TEST(mounts[2].options == "rw");
  BOOST_TEST(ParseMounts("1 2 3:4 /\\134\\05 /\\1234\\ rw\n")[0].root == "/\\\\05");
}

BOOST_AUTO_TEST_CASE(folder_is_found_where_a_folder_around_it_is_mounted_too) {
  BOOST_TEST((Aliases("/data/jobs/state") == Paths{"/srv/job s/state"}));
  BOOST_TEST((Aliases("/srv/job s/state") == Paths{"/data/jobs/state"}));
  BOOST_TEST((Aliases("/var/lib/keys") == Paths{"/keys"}));
  BOOST_TEST((Aliases("/keys/a/b") == Paths{"/var/lib/keys/a/b"}));
}

BOOST_AUTO_TEST_CASE(part_of_a_folder_is_found_where_it_is_mounted) {
  BOOST_TEST((Aliases("/data/jobs/builds") == Paths{"/srv/job s/builds", "/usr/share/pictures"}));
  BOOST_TEST((Aliases("/data") == Paths{"/srv/job s", "/usr/share/pictures"}));
}

BOOST_AUTO_TEST_CASE(folder_that_is_there_once_has_no_alias) {
  BOOST_TEST(Aliases("/var/lib/jobwarden").empty());
  BOOST_TEST(Aliases("/var/lib/keys2").empty());
  BOOST_TEST(Aliases("/proc/sys").empty());
}

BOOST_AUTO_TEST_SUITE_END()
