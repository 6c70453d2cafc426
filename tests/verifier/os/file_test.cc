#include "verifier/os/file.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

#include "tests/verifier/os/support.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

Result<std::string> Read(const std::string& path, std::size_t max_bytes) {
  return ReadFile(path, max_bytes, kAnyCode, "thing");
}

Status WriteAtomically(const std::string& path, std::string_view bytes, mode_t mode = 0600,
                       Durability durability = Durability::kDurable) {
  return WriteFileAtomically(path, bytes, mode, kAnyCode, "thing", durability);
}

Status Append(const std::string& path, std::string_view line) {
  return AppendLine(path, line, kAnyCode, "thing");
}

mode_t ModeOf(const std::string& path) {
  struct stat st {};
  BOOST_REQUIRE(stat(path.c_str(), &st) == 0);
  return st.st_mode & 07777;
}

// From now on a file of this process cannot grow past `bytes`, as on a full disk.
void LimitFileSize(rlim_t bytes) {
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_FSIZE, &limit);
  (void)signal(SIGXFSZ, SIG_IGN);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file)

BOOST_AUTO_TEST_CASE(a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_refused) {
  const TempFolder folder;
  const std::string path = folder.Write("f", "12345678");
  BOOST_TEST(Read(path, 8).value() == "12345678");
  BOOST_TEST(Refusal(Read(path, 7)) == "thing \"" + path + "\": larger than the limit of 7 bytes");
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_read) {
  const TempFolder folder;
  BOOST_TEST(Read(folder.Write("f", ""), 0).value() == "");
}

BOOST_AUTO_TEST_CASE(a_file_that_does_not_tell_its_size_is_read_and_its_limit_holds) {
  const auto status = Read("/proc/self/status", 1 << 20);
  BOOST_REQUIRE(status);
  BOOST_TEST(status->starts_with("Name:"));
  BOOST_TEST(Refusal(Read("/proc/self/status", 10)) ==
             "thing \"/proc/self/status\": larger than the limit of 10 bytes");
}

BOOST_AUTO_TEST_CASE(what_is_no_regular_file_is_refused_and_does_not_hang) {
  const TempFolder folder;
  BOOST_REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  for (const std::string& path : {folder / "fifo", folder.path(), std::string("/dev/null")}) {
    BOOST_TEST(Refusal(Read(path, 100)) == "thing \"" + path + "\": not a regular file");
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_refused) {
  const TempFolder folder;
  BOOST_TEST(Refusal(Read(folder / "f", 100)) ==
             "thing \"" + (folder / "f") + "\": No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_folder_is_listed_in_the_order_of_its_names) {
  const TempFolder folder;
  for (const char* name : {"b", "a", ".hidden", "B"}) folder.Write(name, "");
  const auto fd = OpenFolder(folder.path(), kAnyCode, "thing");
  BOOST_REQUIRE(fd);
  for (int again = 0; again < 2; ++again) {
    const auto names = ListFolder(*fd, folder.path(), kAnyCode, "thing");
    BOOST_REQUIRE(names);
    BOOST_TEST(*names == (std::vector<std::string>{".hidden", "B", "a", "b"}));
  }
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_not_there_is_no_error_and_a_file_in_its_place_is) {
  const TempFolder folder;
  const auto fd = OpenFolder(folder / "none", kAnyCode, "thing");
  BOOST_REQUIRE(fd);
  BOOST_TEST(!*fd);
  const std::string path = folder.Write("f", "");
  BOOST_TEST(Refusal(OpenFolder(path, kAnyCode, "thing")) ==
             "thing \"" + path + "\": Not a directory");
}

BOOST_AUTO_TEST_CASE(an_atomic_write_replaces_the_file_and_gives_it_the_mode) {
  const TempFolder folder;
  const std::string path = folder.Write("f", "a longer text than the new one");
  for (const Durability durability : {Durability::kDurable, Durability::kVolatile}) {
    BOOST_TEST(Refusal(WriteAtomically(path, "new", 0644, durability)) == "fine");
    BOOST_TEST(Slurp(path) == "new");
    BOOST_TEST(ModeOf(path) == 0644U);
    BOOST_TEST(Refusal(WriteAtomically(path, "old", 0600, durability)) == "fine");
    BOOST_TEST(ModeOf(path) == 0600U);
  }
  BOOST_TEST(folder.Names() == std::set<std::string>{"f"});
}

BOOST_AUTO_TEST_CASE(an_atomic_write_replaces_a_link_and_not_what_it_names) {
  const TempFolder folder;
  folder.Write("other", "untouched");
  BOOST_REQUIRE(symlink("other", (folder / "f").c_str()) == 0);
  BOOST_TEST(Refusal(WriteAtomically(folder / "f", "new")) == "fine");
  BOOST_TEST(Slurp(folder / "other") == "untouched");
  BOOST_TEST(Slurp(folder / "f") == "new");
}

BOOST_AUTO_TEST_CASE(an_atomic_write_that_does_not_fit_leaves_the_old_file_and_nothing_else) {
  const TempFolder folder;
  const std::string path = folder.Write("f", "old");
  for (const Durability durability : {Durability::kDurable, Durability::kVolatile}) {
    BOOST_TEST(InChild([&] {
      LimitFileSize(100);
      const auto refusal = Refusal(WriteAtomically(path, std::string(101, 'x'), 0600, durability));
      return refusal == "thing \"" + path + "\": File too large" ? "" : refusal;
    }));
    BOOST_TEST(Slurp(path) == "old");
    BOOST_TEST(folder.Names() == std::set<std::string>{"f"});
  }
}

BOOST_AUTO_TEST_CASE(an_atomic_write_over_a_folder_leaves_nothing) {
  const TempFolder folder;
  BOOST_REQUIRE(mkdir((folder / "f").c_str(), 0700) == 0);
  BOOST_TEST(Refusal(WriteAtomically(folder / "f", "new")) ==
             "thing \"" + (folder / "f") + "\": Is a directory");
  BOOST_TEST(folder.Names() == std::set<std::string>{"f"});
}

BOOST_AUTO_TEST_CASE(an_atomic_write_into_a_folder_that_is_not_there_is_refused) {
  const TempFolder folder;
  BOOST_TEST(Refusal(WriteAtomically(folder / "none/f", "new")) ==
             "thing \"" + (folder / "none/f") + "\": No such file or directory");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_written_over_keeps_nothing_of_what_it_held) {
  const TempFolder folder;
  const std::string path = folder.Write("f", "a longer text that was here");
  const std::string other_name = folder / "other";
  BOOST_REQUIRE(link(path.c_str(), other_name.c_str()) == 0);
  BOOST_TEST(bool(OverwriteFile(path, "short", kAnyCode, "thing")));
  BOOST_TEST(Slurp(other_name) == "short");
  BOOST_TEST(bool(OverwriteFile(path, "longer again", kAnyCode, "thing")));
  BOOST_TEST(Slurp(other_name) == "longer again");
}

BOOST_AUTO_TEST_CASE(only_a_regular_file_that_is_there_is_written_over) {
  const TempFolder folder;
  const std::string path = folder.Write("f", "text");
  BOOST_REQUIRE(symlink(path.c_str(), (folder / "link").c_str()) == 0);
  BOOST_REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  for (const char* name : {"link", "fifo", "absent", "."}) {
    BOOST_TEST(!OverwriteFile(folder / name, "new", kAnyCode, "thing"), name);
  }
  BOOST_TEST(Slurp(path) == "text");
}

BOOST_AUTO_TEST_CASE(lines_are_appended_to_a_file_that_only_its_owner_reads) {
  const TempFolder folder;
  BOOST_TEST(Refusal(Append(folder / "log", "one")) == "fine");
  BOOST_TEST(Refusal(Append(folder / "log", "two")) == "fine");
  BOOST_TEST(Slurp(folder / "log") == "one\ntwo\n");
  BOOST_TEST(ModeOf(folder / "log") == 0600U);
}

BOOST_AUTO_TEST_CASE(lines_of_several_writers_do_not_mix) {
  constexpr int kWriters = 6;
  constexpr int kLines = 100;
  const TempFolder folder;
  const std::string path = folder / "log";
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = fork();
    if (child == 0) {
      const std::string line(static_cast<std::size_t>(500 * writer + 1),
                             static_cast<char>('a' + writer));
      for (int i = 0; i < kLines; ++i) {
        if (!Append(path, line)) _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    BOOST_TEST(waitpid(child, &status, 0) == child);
    BOOST_TEST(status == 0);
  }
  std::ifstream file(path);
  int lines = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;  // another writer's line was not there whole: see EndsWithinLine
    ++lines;
    const auto writer = static_cast<std::size_t>(line.front() - 'a');
    BOOST_REQUIRE(line == std::string(500 * writer + 1, line.front()));
  }
  BOOST_TEST(lines == kWriters * kLines);
}

BOOST_AUTO_TEST_CASE(a_line_that_does_not_fit_is_taken_back) {
  const TempFolder folder;
  const std::string path = folder.Write("log", "whole\n");
  BOOST_TEST(InChild([&] {
    LimitFileSize(10);
    const auto refusal = Refusal(Append(path, "longer than that"));
    return refusal == "thing \"" + path +
                          "\": No space left on device | "
                          "free space on that file system"
               ? ""
               : refusal;
  }));
  BOOST_TEST(Slurp(path) == "whole\n");
}

BOOST_AUTO_TEST_CASE(a_line_is_appended_to_no_link_no_fifo_and_no_device) {
  const TempFolder folder;
  folder.Write("other", "");
  BOOST_REQUIRE(symlink("other", (folder / "link").c_str()) == 0);
  BOOST_TEST(Refusal(Append(folder / "link", "x")) ==
             "thing \"" + (folder / "link") + "\": is a link | name the file itself");
  BOOST_TEST(Slurp(folder / "other") == "");
  BOOST_REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  BOOST_TEST(Refusal(Append(folder / "fifo", "x")) ==
             "thing \"" + (folder / "fifo") + "\": not a regular file");
  BOOST_TEST(Refusal(Append("/dev/null", "x")) == "thing \"/dev/null\": not a regular file");
}

BOOST_AUTO_TEST_CASE(folders_are_made_with_those_above_them) {
  const TempFolder folder;
  for (int again = 0; again < 2; ++again) {
    BOOST_TEST(Refusal(MakeFolders(folder / "a/b/c", 0700, kAnyCode, "thing")) == "fine");
  }
  BOOST_TEST(ModeOf(folder / "a") == 0700U);
  BOOST_TEST(ModeOf(folder / "a/b/c") == 0700U);
}

BOOST_AUTO_TEST_CASE(a_file_in_the_place_of_a_folder_is_refused) {
  const TempFolder folder;
  const std::string path = folder.Write("f", "");
  BOOST_TEST(Refusal(MakeFolders(path, 0700, kAnyCode, "thing")) ==
             "thing \"" + path + "\": not a folder");
  BOOST_TEST(Refusal(MakeFolders(path + "/g", 0700, kAnyCode, "thing")) ==
             "thing \"" + path + "/g\": Not a directory");
}

BOOST_AUTO_TEST_CASE(what_can_be_appended_to_is_known_without_a_write) {
  const TempFolder folder;
  const auto check = [](const std::string& path) { return CheckAppend(path, kAnyCode, "thing"); };
  BOOST_TEST(bool(check(folder / "new")));
  BOOST_TEST(folder.Names().empty());
  BOOST_TEST(bool(check(folder.Write("old", "line\n"))));
  BOOST_TEST(Slurp(folder / "old") == "line\n");
  BOOST_TEST(Refusal(check(folder / "absent/new")) ==
             "thing \"" + folder / "absent/new" + "\": No such file or directory");
  BOOST_TEST(Refusal(check(folder.path())) == "thing \"" + folder.path() + "\": Is a directory");
  std::filesystem::create_symlink(folder / "nowhere", folder / "link");
  BOOST_TEST(!check(folder / "link"));
}

BOOST_AUTO_TEST_SUITE_END()
