#include "verifier/history/audit_files.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::TempFolder;

namespace {

std::vector<std::string> Names(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const std::filesystem::path each : paths) names.push_back(each.filename());
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_files)

BOOST_AUTO_TEST_CASE(a_file_brings_its_rotated_ones_the_oldest_first) {
  const TempFolder folder;
  for (const char* name :
       {"audit.jsonl", "audit.jsonl.1", "audit.jsonl.2.gz", "audit.jsonl.10.gz",
        "audit.jsonl-20261101", "audit.jsonl-20261031.gz", "audit.jsonl.old", "audit.jsonl.gz",
        "audit.jsonl-", "audit.jsonl.1.gz.part", "audit.jsonl2", "other.jsonl.1"}) {
    folder.Write(name, "\n");
  }
  std::filesystem::create_directory(folder / "audit.jsonl.3");
  const auto files = AuditFiles({folder / "audit.jsonl"});
  BOOST_REQUIRE(bool(files));
  const std::vector<std::string> expected = {"audit.jsonl-20261031.gz", "audit.jsonl-20261101",
                                             "audit.jsonl.10.gz",       "audit.jsonl.2.gz",
                                             "audit.jsonl.1",           "audit.jsonl"};
  BOOST_TEST(Names(*files) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(each_file_comes_once_however_it_is_named) {
  const TempFolder folder;
  folder.Write("a", "\n");
  folder.Write("a.1", "\n");
  std::filesystem::create_symlink("a", folder / "link");
  const auto files = AuditFiles({folder / "a.1", folder / "link", folder / "a", folder / "a"});
  BOOST_REQUIRE(bool(files));
  const std::vector<std::string> expected = {"a.1", "link"};
  BOOST_TEST(Names(*files) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_that_was_rotated_away_brings_its_rotated_ones) {
  const TempFolder folder;
  folder.Write("audit.jsonl.1", "\n");
  const auto files = AuditFiles({folder / "audit.jsonl"});
  BOOST_REQUIRE(bool(files));
  BOOST_TEST(Names(*files) == std::vector<std::string>{"audit.jsonl.1"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_no_file_is_refused_by_its_name) {
  const TempFolder folder;
  const auto absent = AuditFiles({folder / "absent"});
  BOOST_REQUIRE(!absent);
  BOOST_TEST(absent.findings()[0].message.ends_with("No such file or directory"));
  const auto a_folder = AuditFiles({folder.path()});
  BOOST_REQUIRE(!a_folder);
  BOOST_TEST(a_folder.findings()[0].message.ends_with("not a regular file"));
}

BOOST_AUTO_TEST_SUITE_END()
