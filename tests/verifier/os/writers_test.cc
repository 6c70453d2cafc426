// Needs root: files of other users are made, and checked as another user.

#include <sys/stat.h>

#include "tests/verifier/os/support.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

constexpr uid_t kJobUser = 12345;
constexpr uid_t kOther = 23456;
const std::string kShared =
    ", or set executor.shared_user = true (for GitHub's runner github.shared_user), when every job "
    "on this machine may trust the others";

std::string Check(const std::string& path, std::optional<uid_t> job_user = std::nullopt) {
  const auto fd = OpenFile(path, kAnyCode, "thing");
  BOOST_REQUIRE(fd);
  return Refusal(CheckWriters(*fd, path, job_user, kAnyCode, "thing"));
}

std::string CheckFolder(const std::string& path) {
  const auto fd = OpenFolder(path, kAnyCode, "thing");
  BOOST_REQUIRE(fd);
  return Refusal(CheckWriters(*fd, path, std::nullopt, kAnyCode, "thing"));
}

// A file below three folders, all of root, writable by root alone.
struct Tree : TempFolder {
  Tree() {
    BOOST_REQUIRE(chmod(path().c_str(), 0755) == 0);
    BOOST_REQUIRE(mkdir(above.c_str(), 0755) == 0);
    BOOST_REQUIRE(mkdir(folder.c_str(), 0755) == 0);
    Write("above/folder/f", "");
    BOOST_REQUIRE(chmod(file.c_str(), 0644) == 0);
  }
  std::string above = *this / "above";
  std::string folder = *this / "above/folder";
  std::string file = *this / "above/folder/f";
};

void Own(const std::string& path, uid_t user) {
  BOOST_REQUIRE(lchown(path.c_str(), user, user) == 0);
}

void Mode(const std::string& path, mode_t mode) {
  BOOST_REQUIRE(chmod(path.c_str(), mode) == 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(writers)

BOOST_AUTO_TEST_CASE(a_file_of_root_in_folders_of_root_is_fine) {
  const Tree tree;
  BOOST_TEST(Check(tree.file) == "fine");
  BOOST_TEST(Check(tree.file, kJobUser) == "fine");
  BOOST_TEST(CheckFolder(tree.folder) == "fine");
}

BOOST_AUTO_TEST_CASE(a_file_that_group_or_others_can_write_is_refused) {
  const Tree tree;
  for (const mode_t mode : {0664U, 0646U, 0666U, 0620U}) {
    Mode(tree.file, mode);
    BOOST_TEST(Check(tree.file) == "thing \"" + tree.file +
                                       "\": can be written by group or others (mode 0" +
                                       (mode == 0664U   ? "664"
                                        : mode == 0646U ? "646"
                                        : mode == 0666U ? "666"
                                                        : "620") +
                                       ") | chmod go-w \"" + tree.file + "\"");
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_another_user_is_refused) {
  const Tree tree;
  Own(tree.file, kOther);
  BOOST_TEST(Check(tree.file) == "thing \"" + tree.file +
                                     "\": belongs to user 23456, expected root | chown root \"" +
                                     tree.file + "\"");
  Mode(tree.file, 0666);
  BOOST_TEST(Check(tree.file) == "thing \"" + tree.file +
                                     "\": belongs to user 23456, expected root | chown root \"" +
                                     tree.file + "\"; chmod go-w \"" + tree.file + "\"");
}

BOOST_AUTO_TEST_CASE(every_folder_on_the_way_counts) {
  for (const bool nearest : {true, false}) {
    const Tree tree;
    const std::string bad = nearest ? tree.folder : tree.above;
    Mode(bad, 0775);
    BOOST_TEST(Check(tree.file) ==
               "thing \"" + tree.file + "\": its folder \"" + bad +
                   "\" can be written by group or others (mode 0775) | chmod go-w \"" + bad + "\"");
    Mode(bad, 0755);
    Own(bad, kOther);
    BOOST_TEST(Check(tree.file) == "thing \"" + tree.file + "\": its folder \"" + bad +
                                       "\" belongs to user 23456, expected root | chown root \"" +
                                       bad + "\"");
  }
}

BOOST_AUTO_TEST_CASE(a_sticky_folder_is_excused_above_and_not_as_the_files_own) {
  const Tree tree;
  Mode(tree.above, 01777);
  BOOST_TEST(Check(tree.file) == "fine");
  BOOST_TEST(Check(tree.file, kJobUser) == "fine");
  Mode(tree.folder, 01777);
  BOOST_TEST(Check(tree.file) == "thing \"" + tree.file + "\": its folder \"" + tree.folder +
                                     "\" can be written by group or others (mode 1777) | "
                                     "chmod go-w \"" +
                                     tree.folder + "\"");
}

BOOST_AUTO_TEST_CASE(a_sticky_folder_of_another_user_is_not_excused) {
  const Tree tree;
  Mode(tree.above, 01777);
  Own(tree.above, kOther);
  BOOST_TEST(Check(tree.file) == "thing \"" + tree.file + "\": its folder \"" + tree.above +
                                     "\" belongs to user 23456, expected root | chown root \"" +
                                     tree.above + "\"");
}

BOOST_AUTO_TEST_CASE(the_folder_of_rules_itself_counts) {
  const Tree tree;
  Mode(tree.folder, 01777);
  BOOST_TEST(CheckFolder(tree.folder) == "thing \"" + tree.folder +
                                             "\": can be written by group or others (mode 1777) | "
                                             "chmod go-w \"" +
                                             tree.folder + "\"");
}

BOOST_AUTO_TEST_CASE(a_file_of_the_caller_is_fine_unless_jobs_run_as_the_caller) {
  const Tree tree;
  Own(tree.file, kJobUser);
  BOOST_TEST(InChild([&]() -> std::string {
    if (setuid(kJobUser) != 0) return "setuid";
    if (Check(tree.file) != "fine") return Check(tree.file);
    if (Check(tree.file, kOther) != "fine") return Check(tree.file, kOther);
    const std::string expected = "thing \"" + tree.file +
                                 "\": can be written by user 12345, who runs the job's script | "
                                 "chown root \"" +
                                 tree.file + "\"" + kShared;
    return Check(tree.file, kJobUser) == expected ? "" : Check(tree.file, kJobUser);
  }));
}

BOOST_AUTO_TEST_CASE(a_folder_of_the_job_user_is_refused_wherever_it_is_on_the_way) {
  for (const bool nearest : {true, false}) {
    const Tree tree;
    const std::string bad = nearest ? tree.folder : tree.above;
    Own(bad, kJobUser);
    BOOST_TEST(InChild([&]() -> std::string {
      if (setuid(kJobUser) != 0) return "setuid";
      const std::string expected = "thing \"" + tree.file + "\": its folder \"" + bad +
                                   "\" can be written by user 12345, who runs the job's script | "
                                   "chown root \"" +
                                   bad + "\"" + kShared;
      return Check(tree.file, kJobUser) == expected ? "" : Check(tree.file, kJobUser);
    }));
  }
}

BOOST_AUTO_TEST_CASE(another_caller_expects_root_or_itself) {
  const Tree tree;
  Own(tree.file, kOther);
  BOOST_TEST(InChild([&]() -> std::string {
    if (setuid(kJobUser) != 0) return "setuid";
    const std::string expected = "thing \"" + tree.file +
                                 "\": belongs to user 23456, expected root or user 12345 | "
                                 "chown root \"" +
                                 tree.file + "\"";
    return Check(tree.file) == expected ? "" : Check(tree.file);
  }));
}

BOOST_AUTO_TEST_CASE(jobs_of_root_can_write_everything) {
  const Tree tree;
  BOOST_TEST(Check(tree.file, 0) ==
             "thing \"" + tree.file +
                 "\": can be written by user 0, who runs the job's script | run jobs as another "
                 "user than root" +
                 kShared);
}

BOOST_AUTO_TEST_CASE(a_link_of_root_is_followed_to_where_the_file_lies) {
  const Tree tree;
  BOOST_REQUIRE(symlink("above/folder/f", (tree / "link").c_str()) == 0);
  BOOST_TEST(Check(tree / "link") == "fine");
  Mode(tree.folder, 0775);
  BOOST_TEST(Check(tree / "link") ==
             "thing \"" + (tree / "link") + "\": its folder \"" + tree.folder +
                 "\" can be written by group or others (mode 0775) | chmod go-w \"" + tree.folder +
                 "\"");
}

BOOST_AUTO_TEST_CASE(a_link_through_folders_and_back_is_followed) {
  const Tree tree;
  BOOST_REQUIRE(symlink("above/folder", (tree / "way").c_str()) == 0);
  const std::string path = tree / "way/../folder/./f";
  BOOST_TEST(Check(path) == "fine");
  Own(tree.above, kOther);
  BOOST_TEST(Check(path) == "thing \"" + path + "\": its folder \"" + tree.above +
                                "\" belongs to user 23456, expected root | chown root \"" +
                                tree.above + "\"");
}

BOOST_AUTO_TEST_CASE(a_link_in_a_folder_that_others_can_write_is_refused) {
  const Tree tree;
  BOOST_REQUIRE(mkdir((tree / "open").c_str(), 0755) == 0);
  BOOST_REQUIRE(symlink(tree.file.c_str(), (tree / "open/f").c_str()) == 0);
  BOOST_TEST(Check(tree / "open/f") == "fine");
  Own(tree / "open", kOther);
  BOOST_TEST(Check(tree / "open/f") ==
             "thing \"" + (tree / "open/f") + "\": its folder \"" + (tree / "open") +
                 "\" belongs to user 23456, expected root | chown root \"" + (tree / "open") +
                 "\"");
}

BOOST_AUTO_TEST_CASE(a_link_of_another_user_is_refused) {
  const Tree tree;
  BOOST_REQUIRE(mkdir((tree / "sticky").c_str(), 0755) == 0);
  Mode(tree / "sticky", 01777);
  BOOST_REQUIRE(symlink(tree.folder.c_str(), (tree / "sticky/way").c_str()) == 0);
  BOOST_TEST(Check(tree / "sticky/way/f") == "fine");
  Own(tree / "sticky/way", kOther);
  BOOST_TEST(Check(tree / "sticky/way/f") ==
             "thing \"" + (tree / "sticky/way/f") + "\": the link \"" + (tree / "sticky/way") +
                 "\" belongs to user 23456, expected root | chown -h root \"" +
                 (tree / "sticky/way") + "\"");
}

BOOST_AUTO_TEST_CASE(a_relative_path_is_checked_from_the_root_on) {
  const Tree tree;
  Own(tree.above, kOther);
  BOOST_TEST(InChild([&]() -> std::string {
    if (chdir(tree.folder.c_str()) != 0) return "chdir";
    const std::string expected = "thing \"f\": its folder \"" + tree.above +
                                 "\" belongs to user 23456, expected root | chown root \"" +
                                 tree.above + "\"";
    return Check("f") == expected ? "" : Check("f");
  }));
}

BOOST_AUTO_TEST_SUITE_END()
