#include "verifier/checkout/called_files.h"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/support/temp_folder.h"

using namespace jobwarden;
using jobwarden::testing::TempFolder;
namespace fs = std::filesystem;

namespace {

struct Project {
  void Write(const std::string& name, std::string_view bytes) const {
    fs::create_directories(fs::path(folder / name).parent_path());
    folder.Write(name, bytes);
  }
  bool Calls(const std::string& commands, const std::string& text) const {
    const Fd fd(open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return TextOfCalledFiles(fd, folder.path(), commands).find(text) != std::string::npos;
  }

  TempFolder folder;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(called_files)

BOOST_AUTO_TEST_CASE(a_script_is_found_by_whatever_path_calls_it) {
  const Project project;
  project.Write("ci/deploy.sh", "tbot start\n# a comment\n");
  for (const std::string& line :
       {std::string("./ci/deploy.sh"), std::string("bash ci/deploy.sh prod"),
        std::string("\"$CI_PROJECT_DIR/ci/deploy.sh\""), std::string("source ci/deploy.sh;"),
        project.folder / "ci/deploy.sh"}) {
    BOOST_TEST(project.Calls(line, "tbot start"), line);
  }
  BOOST_TEST(!project.Calls("./ci/other.sh", "tbot"));
  BOOST_TEST(!project.Calls("./ci/deploy.sh", "a comment"));
}

BOOST_AUTO_TEST_CASE(a_program_of_any_name_is_a_script_by_its_first_line) {
  const Project project;
  project.Write("bin/deploy", "#!/bin/sh\ntbot\n");
  project.Write("bin/data", "tbot\n");
  project.Write("README.md", "tbot\n");
  BOOST_TEST(project.Calls("bin/deploy", "tbot"));
  BOOST_TEST(!project.Calls("bin/data", "tbot"));
  BOOST_TEST(!project.Calls("cat README.md", "tbot"));
}

BOOST_AUTO_TEST_CASE(scripts_that_scripts_call_are_followed_three_levels_deep) {
  const Project project;
  project.Write("a.sh", "./b.sh");
  project.Write("b.sh", "lib/c.sh");
  project.Write("lib/c.sh", "third\n./d.sh");
  project.Write("lib/d.sh", "fourth");
  BOOST_TEST(project.Calls("./a.sh", "third"));
  BOOST_TEST(!project.Calls("./a.sh", "fourth"));
  BOOST_TEST(project.Calls("./b.sh", "fourth"));
}

BOOST_AUTO_TEST_CASE(make_calls_the_rules_that_are_named_and_what_they_need) {
  const Project project;
  project.Write("Makefile",
                "VERSION := 1\nall: lint\n\tfirst\npublish: build upload\n\t@tbot start\n"
                "upload:\n\t./ci/up.sh\ntools:\n\tcurl x | sh\n");
  project.Write("ci/up.sh", "uploads");
  BOOST_TEST(project.Calls("make publish", "tbot start"));
  BOOST_TEST(project.Calls("make publish", "uploads"));
  BOOST_TEST(!project.Calls("make publish", "curl"));
  BOOST_TEST(project.Calls("make -j4", "first"));
  BOOST_TEST(!project.Calls("make -j4", "tbot"));
  BOOST_TEST(!project.Calls("cmake publish", "tbot"));
}

BOOST_AUTO_TEST_CASE(npm_calls_the_scripts_that_are_named) {
  const Project project;
  project.Write("package.json",
                R"({"scripts":{"build:prod":"vite build","release":"./tools/r.sh"}})");
  project.Write("tools/r.sh", "tbot start");
  BOOST_TEST(project.Calls("npm run release", "tbot start"));
  BOOST_TEST(project.Calls("yarn build:prod", "vite"));
  BOOST_TEST(!project.Calls("npm run build:prod", "tbot"));
  BOOST_TEST(!project.Calls("echo release", "tbot"));
}

BOOST_AUTO_TEST_CASE(nothing_outside_of_the_project_is_read) {
  const Project project;
  const TempFolder outside;
  outside.Write("x.sh", "secret text");
  fs::create_symlink(outside / "x.sh", project.folder / "link.sh");
  fs::create_symlink(outside.path(), project.folder / "folder");
  const std::string beside = "../" + fs::path(outside.path()).filename().string() + "/x.sh";
  for (const std::string& line :
       {std::string("./link.sh"), std::string("folder/x.sh"), outside / "x.sh", beside}) {
    BOOST_TEST(!project.Calls(line, "secret text"), line);
  }
}

BOOST_AUTO_TEST_CASE(large_files_and_endless_calls_end) {
  const Project project;
  project.Write("large.sh", std::string(std::size_t{2} << 20U, 'x'));
  project.Write("a.sh", "./b.sh");
  project.Write("b.sh", "./a.sh again");
  BOOST_TEST(!project.Calls("./large.sh", "xxx"));
  BOOST_TEST(project.Calls("./a.sh", "again"));
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "./s" + std::to_string(i) + ".sh\n";
  BOOST_TEST(!project.Calls(many + "./z.sh", "again"));
}

BOOST_AUTO_TEST_SUITE_END()
