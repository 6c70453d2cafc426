#include "verifier/wiring/wired_file.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <thread>
#include <vector>

#include "tests/support/has.h"
#include "tests/support/temp_folder.h"
#include "verifier/os/fd.h"

using jobwarden::testing::Has;
using jobwarden::testing::Slurp;
using jobwarden::testing::TempFolder;

namespace jobwarden {
namespace {

// An access control list as the kernel keeps it: `rw-` for the owner and `user`, nobody else.
std::string AccessList(std::uint32_t user) {
  struct Entry {
    std::uint16_t tag, bits;
    std::uint32_t id;
  };
  constexpr std::uint32_t kVersion = 2;
  constexpr std::uint32_t kNoId = 0xffffffff;
  const std::vector<Entry> entries{
      {0x01, 6, kNoId}, {0x02, 6, user}, {0x04, 0, kNoId}, {0x10, 6, kNoId}, {0x20, 0, kNoId}};
  std::string bytes(reinterpret_cast<const char*>(&kVersion), sizeof(kVersion));
  bytes.append(reinterpret_cast<const char*>(entries.data()), entries.size() * sizeof(Entry));
  return bytes;
}

constexpr const char* kAccess = "system.posix_acl_access";
constexpr const char* kDefault = "system.posix_acl_default";

bool Attach(const std::string& path, const char* name, const std::string& value) {
  return setxattr(path.c_str(), name, value.data(), value.size(), 0) == 0;
}

std::string Attached(const std::string& path, const char* name) {
  char value[256];
  const ssize_t size = getxattr(path.c_str(), name, value, sizeof(value));
  return size < 0 ? "" : std::string(value, static_cast<std::size_t>(size));
}

unsigned ModeOf(const std::string& path) {
  struct stat status {};
  BOOST_REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

boost::test_tools::assertion_result IsRoot(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(geteuid() == 0);
  result.message() << "only root mounts";
  return result;
}

boost::test_tools::assertion_result HasAccessLists(boost::unit_test::test_unit_id) {
  const TempFolder folder;
  boost::test_tools::assertion_result result(Attach(folder.path(), kDefault, AccessList(12)));
  result.message() << "the file system of the test's folder has no access control lists";
  return result;
}

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

// Without its list a file would be read by others than before: the group's bits of its mode are
// then the list's mask.
BOOST_AUTO_TEST_CASE(access_lists_and_labels_stay,
                     *boost::unit_test::precondition(HasAccessLists)) {
  const TempFolder folder;
  const std::string path = folder.Write("config.toml", "one");
  BOOST_REQUIRE(Attach(path, kAccess, AccessList(12)));
  const bool labelled = Attach(path, "user.note", "kept");
  const auto backup = WriteWired(path, "one", "two");
  BOOST_REQUIRE(backup);
  for (const std::string& each : {path, *backup}) {
    BOOST_TEST((Attached(each, kAccess) == AccessList(12)));
    BOOST_TEST(ModeOf(each) == 0660U);
    if (labelled) BOOST_TEST(Attached(each, "user.note") == "kept");
  }
  BOOST_REQUIRE(UndoWired(path));
  BOOST_TEST((Attached(path, kAccess) == AccessList(12)));
}

BOOST_AUTO_TEST_CASE(folder_does_not_open_the_file_to_others,
                     *boost::unit_test::precondition(HasAccessLists)) {
  const TempFolder folder;
  const std::string path = folder.Write("config.toml", "one");
  BOOST_REQUIRE(chmod(path.c_str(), 0640) == 0);
  BOOST_REQUIRE(Attach(folder.path(), kDefault, AccessList(12)));
  const auto backup = WriteWired(path, "one", "two");
  BOOST_REQUIRE(backup);
  for (const std::string& each : {path, *backup}) {
    BOOST_TEST(Attached(each, kAccess).empty());
    BOOST_TEST(ModeOf(each) == 0640U);
  }
}

// In a container the file is often mounted alone, and cannot be replaced.
BOOST_AUTO_TEST_CASE(file_that_cannot_be_replaced_leaves_no_backup,
                     *boost::unit_test::precondition(IsRoot)) {
  const TempFolder folder;
  const std::string path = folder.Write("config.toml", "one");
  if (mount(path.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) != 0) return;
  const auto written = WriteWired(path, "one", "two");
  umount(path.c_str());
  BOOST_REQUIRE(!written);
  BOOST_TEST((written.findings().front().code == Code::kStateUnwritable));
  BOOST_TEST(Has(written.findings().front().hint, "mounted"));
  BOOST_TEST(Slurp(path) == "one");
  BOOST_TEST(folder.Names().size() == 1U);
}

// The runner's user owns the folder, and puts a link to one of root's in its place while root
// writes.
BOOST_AUTO_TEST_CASE(folder_that_is_exchanged_meanwhile_gets_no_file) {
  const TempFolder folder;
  for (const char* each : {"runner", "roots"}) std::filesystem::create_directory(folder / each);
  std::filesystem::create_directory_symlink("roots", folder / "link");
  const std::string path = folder.Write("runner/.env", "0");
  const Fd real(open((folder / "runner").c_str(), O_PATH | O_CLOEXEC));
  const std::string real_path = "/proc/self/fd/" + std::to_string(real.get());
  std::atomic<bool> done = false;
  std::thread attacker([&] {
    while (!done) {
      renameat2(AT_FDCWD, (folder / "runner").c_str(), AT_FDCWD, (folder / "link").c_str(),
                RENAME_EXCHANGE);
    }
  });
  constexpr int kTries = 20'000;
  constexpr int kEnough = 60;
  int written = 0;
  for (int i = 0; i < kTries && written < kEnough; ++i) {
    const auto before = ReadWired(path);
    if (before && WriteWired(path, *before, std::to_string(i))) ++written;
    // What a try that failed has left keeps no later one from its work.
    for (const auto& each : std::filesystem::directory_iterator(real_path)) {
      if (each.path().extension() == ".part") std::filesystem::remove(each);
    }
  }
  done = true;
  attacker.join();
  BOOST_TEST_MESSAGE(written << " were written");
  BOOST_TEST(std::filesystem::is_empty(folder / "roots"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
