// The root of a sandbox, as bwrap makes it. For root, who can change that of the machine.

#include "executor/local/sandbox_root.h"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/child.h"
#include "tests/support/has.h"
#include "tests/support/temp_folder.h"

namespace jobwarden {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace)
namespace fs = std::filesystem;

ChildResult Run(std::vector<std::string> command) {
  ChildOptions options;
  options.command = std::move(command);
  return RunChild(options);
}

boost::test_tools::assertion_result BuildsSandboxes(boost::unit_test::test_unit_id) {
  const ChildResult result = Run({"/usr/bin/bwrap", "--ro-bind", "/", "/", "/bin/true"});
  boost::test_tools::assertion_result builds(result.exit_code == 0);
  builds.message() << "bwrap makes no sandbox here";
  return builds;
}

BOOST_AUTO_TEST_SUITE(sandbox_root, *boost::unit_test::precondition(BuildsSandboxes))

BOOST_AUTO_TEST_CASE(folder_at_the_machine_s_root_may_go_before_the_sandbox_shows_it) {
  const TempFolder temporary;
  const std::string number = std::to_string(getpid());
  const fs::path stays = "/jobwarden-test-stays-" + number;
  const fs::path goes = "/jobwarden-test-goes-" + number;
  fs::create_directory(stays);
  fs::create_directory(goes);
  std::vector<std::string> command{"/usr/bin/bwrap"};
  AppendSandboxRoot(temporary.path(), command);
  fs::remove(goes);
  command.insert(command.end(), {"/bin/ls", "/"});
  const ChildResult result = Run(command);
  fs::remove(stays);
  BOOST_TEST(result.exit_code == 0, result.err);
  BOOST_TEST(Has("\n" + result.out, "\n" + stays.filename().string() + "\n"));
  BOOST_TEST(Lacks(result.out, goes.filename().string()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
