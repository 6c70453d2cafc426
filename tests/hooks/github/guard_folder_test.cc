#include "hooks/github/guard_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <set>

#include "tests/support/has.h"
#include "tests/support/temp_folder.h"

using namespace jobwarden;
using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

struct Job {
  Job() { settings.keep_steps = {"mint"}; }
  // Makes a program of this name, and gives the folder for PATH.
  std::string Program(const std::string& in, const std::string& name) const {
    fs::create_directories(folder / in);
    fs::permissions(folder.Write(in + "/" + name, "#!/bin/true\n"), fs::perms::owner_all);
    return folder / in;
  }
  std::set<std::string> Made() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(guard)) names.insert(entry.path().filename());
    return names;
  }

  TempFolder folder;
  std::string guard = folder / "guard";
  GuardSettings settings;
};

const std::string kSettings{kGuardSettingsName};

std::string Refused(const Status& status) {
  if (status) return "";
  return std::string(CodeName(status.findings().front().code)) + ": " +
         status.findings().front().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(guard_folder)

BOOST_AUTO_TEST_CASE(names_that_path_has_a_program_for_lead_to_the_guard_beside_this_program) {
  const Job job;
  const std::string path = job.Program("a", "sh") + ":" + job.Program("b", "node");
  job.folder.Write("b/python", "not executable");
  BOOST_REQUIRE(MakeGuardFolder(job.guard, job.settings, path));
  BOOST_TEST(job.Made() == (std::set<std::string>{kSettings, "node", "sh"}),
             boost::test_tools::per_element());
  const fs::path beside = fs::read_symlink("/proc/self/exe").parent_path() / "jobwarden-guard";
  BOOST_TEST(fs::read_symlink(job.guard + "/sh") == beside);
  GuardSettings settings = job.settings;
  settings.programs = {"sh " + (job.folder / "a/sh"), "node " + (job.folder / "b/node")};
  BOOST_TEST(Slurp(job.guard + "/" + kSettings) == FormatGuardSettings(settings));
}

BOOST_AUTO_TEST_CASE(nobody_else_may_look_into_it) {
  const Job job;
  BOOST_REQUIRE(MakeGuardFolder(job.guard, job.settings, ""));
  struct stat st {};
  BOOST_REQUIRE(stat(job.guard.c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 07777) == 0700U);
  BOOST_REQUIRE(stat((job.guard + "/" + kSettings).c_str(), &st) == 0);
  BOOST_TEST((st.st_mode & 07777) == 0600U);
}

BOOST_AUTO_TEST_CASE(another_guards_folder_on_path_has_no_programs) {
  const Job job;
  const std::string other = job.Program("other", "bash");
  job.folder.Write("other/" + kSettings, "");
  BOOST_REQUIRE(MakeGuardFolder(job.guard, job.settings, other + ":" + job.Program("a", "sh")));
  BOOST_TEST(job.Made() == (std::set<std::string>{kSettings, "sh"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(old_folder_is_removed_with_all_that_a_job_put_there) {
  const Job job;
  fs::create_directories(job.guard + "/deep/er");
  fs::create_directory(job.guard + "/bash");
  fs::create_directory(job.folder / "precious");
  job.folder.Write("precious/file", "x");
  fs::create_symlink("../precious", job.guard + "/link");
  fs::create_symlink("../precious/file", job.guard + "/" + kSettings);
  fs::create_symlink("../precious", job.guard + "/deep/link");
  BOOST_REQUIRE(mkfifo((job.guard + "/node").c_str(), 0600) == 0);
  BOOST_REQUIRE(chmod((job.guard + "/deep").c_str(), 0) == 0);
  BOOST_REQUIRE(MakeGuardFolder(job.guard, job.settings, job.Program("a", "sh")));
  BOOST_TEST(job.Made() == (std::set<std::string>{kSettings, "sh"}),
             boost::test_tools::per_element());
  BOOST_TEST(Slurp(job.folder / "precious/file") == "x");
}

BOOST_AUTO_TEST_CASE(link_in_the_place_of_the_folder_is_removed_and_not_followed) {
  const Job job;
  fs::create_directory(job.folder / "precious");
  job.folder.Write("precious/sh", "x");
  fs::create_symlink("precious", job.guard);
  BOOST_REQUIRE(RemoveGuardFolder(job.guard));
  BOOST_TEST(!fs::is_symlink(job.guard));
  fs::create_symlink("precious", job.guard);
  BOOST_REQUIRE(MakeGuardFolder(job.guard, job.settings, ""));
  BOOST_TEST(!fs::is_symlink(job.guard));
  BOOST_TEST(Slurp(job.folder / "precious/sh") == "x");
}

BOOST_AUTO_TEST_CASE(removed_folder_is_gone_and_an_absent_one_no_error) {
  const Job job;
  BOOST_REQUIRE(MakeGuardFolder(job.guard, job.settings, job.Program("a", "sh")));
  BOOST_TEST(Refused(RemoveGuardFolder(job.guard)) == "");
  BOOST_TEST(!fs::exists(job.guard));
  BOOST_TEST(Refused(RemoveGuardFolder(job.guard)) == "");
}

BOOST_AUTO_TEST_CASE(folder_that_cannot_be_made_is_said) {
  const Job job;
  BOOST_TEST(Has(Refused(MakeGuardFolder(job.folder / "no/guard", job.settings, "")),
                 "STATE_UNWRITABLE: step guard's folder "));
}

BOOST_AUTO_TEST_CASE(folder_is_put_on_path_behind_what_is_there) {
  const Job job;
  const std::string file = job.folder.Write("path", "/opt/bin\n");
  BOOST_TEST(Refused(PutOnPath(file, job.guard)) == "");
  BOOST_TEST(Slurp(file) == "/opt/bin\n" + job.guard + "\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_file_of_the_runners_is_not_written) {
  const Job job;
  const std::string file = job.folder.Write("file", "");
  fs::create_symlink("file", job.folder / "link");
  BOOST_REQUIRE(mkfifo((job.folder / "fifo").c_str(), 0600) == 0);
  for (const char* name : {"link", "fifo", "absent", "."}) {
    BOOST_TEST(Has(Refused(PutOnPath(job.folder / name, job.guard)), "STATE_UNWRITABLE: "));
  }
  BOOST_TEST(Slurp(file) == "");
  BOOST_TEST(!fs::exists(job.folder / "absent"));
}

BOOST_AUTO_TEST_CASE(folder_whose_name_would_be_two_on_path_is_refused) {
  const Job job;
  const std::string file = job.folder.Write("file", "");
  for (const char* name : {"/a\n/b", "/a\r", "/a:/b", ""}) {
    BOOST_TEST(Has(Refused(PutOnPath(file, name)), "STATE_UNWRITABLE: "));
  }
  BOOST_TEST(Slurp(file) == "");
}

BOOST_AUTO_TEST_SUITE_END()
