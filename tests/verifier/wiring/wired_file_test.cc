#include "verifier/wiring/wired_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/support/has.h"
#include "tests/support/temp_folder.h"

using jobwarden::testing::Has;
using jobwarden::testing::Slurp;
using jobwarden::testing::TempFolder;

namespace jobwarden {
namespace {

BOOST_AUTO_TEST_SUITE(wired_file)

BOOST_AUTO_TEST_CASE(undo_gives_the_same_bytes_back_step_by_step) {
  const TempFolder folder;
  const std::string path = folder.Write("config.toml", "one\r\n");
  BOOST_REQUIRE(chmod(path.c_str(), 0640) == 0);
  const auto backup = WriteWired(path, "one\r\n", "two");
  BOOST_REQUIRE(backup);
  BOOST_TEST(Slurp(path) == "two");
  BOOST_TEST(Slurp(*backup) == "one\r\n");
  BOOST_REQUIRE(WriteWired(path, "two", "three"));
  BOOST_TEST(folder.Names().size() == 3U);

  BOOST_REQUIRE(UndoWired(path));
  BOOST_TEST(Slurp(path) == "two");
  BOOST_REQUIRE(UndoWired(path));
  BOOST_TEST(Slurp(path) == "one\r\n");
  BOOST_TEST(folder.Names().size() == 1U);
  struct stat status {};
  BOOST_REQUIRE(stat(path.c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777) == 0640U);

  const Status again = UndoWired(path);
  BOOST_REQUIRE(!again);
  BOOST_TEST(Has(again.findings().front().message, "there is no backup"));
}

BOOST_AUTO_TEST_CASE(file_that_somebody_changed_is_left_alone) {
  const TempFolder folder;
  const std::string path = folder.Write("config.toml", "one");
  BOOST_REQUIRE(WriteWired(path, "one", "two"));
  folder.Write("config.toml", "two, and more");
  BOOST_TEST(!UndoWired(path));
  BOOST_TEST(!WriteWired(path, "two", "three"));
  BOOST_TEST(Slurp(path) == "two, and more");
}

// The folder may be the runner's user's, who could put a link there.
BOOST_AUTO_TEST_CASE(links_are_not_followed) {
  const TempFolder folder;
  const std::string path = folder / ".env";
  folder.Write("target", "secret");
  BOOST_REQUIRE(symlink("target", path.c_str()) == 0);
  const auto read = ReadWired(path);
  BOOST_REQUIRE(!read);
  BOOST_TEST(Has(read.findings().front().message, "expected a file, got a link"));
  BOOST_TEST(!WriteWired(path, "secret", "x"));
  BOOST_TEST(!UndoWired(path));
  BOOST_TEST(!ReadWired(folder.path()));
  BOOST_TEST(!ReadWired(folder / "absent"));

  // A link where the new file is written is not followed either, and nothing changes.
  const std::string file = folder.Write("config.toml", "one");
  BOOST_REQUIRE(symlink("target", (file + ".part").c_str()) == 0);
  const auto written = WriteWired(file, "one", "two");
  BOOST_REQUIRE(!written);
  BOOST_TEST(Has(written.findings().front().hint, "remove this file if none runs"));
  BOOST_TEST(Slurp(file) == "one");
  BOOST_TEST(Slurp(folder / "target") == "secret");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
