#include "verifier/wiring/github_services.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/temp_folder.h"

using jobwarden::testing::TempFolder;

namespace jobwarden {
namespace {

/// A unit as the runner's svc.sh writes it.
std::string Unit(const std::string& folder) {
  return "[Unit]\nDescription=GitHub Actions Runner (shop.builds)\nAfter=network.target\n\n"
         "[Service]\nExecStart=" +
         folder + "/runsvc.sh\nUser=runner\nWorkingDirectory=" + folder +
         "\nKillMode=process\nKillSignal=SIGTERM\nTimeoutStopSec=5min\n\n"
         "[Install]\nWantedBy=multi-user.target\n";
}

std::vector<std::string> Folders(const std::string& units) {
  std::vector<std::string> folders;
  for (const GitHubService& each : GitHubServices(units)) folders.push_back(each.folder);
  return folders;
}

BOOST_AUTO_TEST_SUITE(github_services)

BOOST_AUTO_TEST_CASE(folders_of_all_services_are_listed_once_in_the_order_of_their_names) {
  const TempFolder units;
  units.Write("actions.runner.shop-b.host.service", Unit("/home/runner/b"));
  units.Write("actions.runner.shop-a.host.service", Unit("/home/runner/a"));
  units.Write("actions.runner.shop-c.host.service", Unit("/home/runner/a"));
  units.Write("actions.runner.shop-d.host.timer", Unit("/home/runner/d"));
  units.Write("gitlab-runner.service", Unit("/home/gitlab-runner"));
  const std::vector<std::string> expected{"/home/runner/a", "/home/runner/b"};
  BOOST_TEST(Folders(units.path()) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(unit_without_an_absolute_folder_is_left_out) {
  const TempFolder units;
  units.Write("actions.runner.a.service", "[Service]\nExecStart=/bin/true\n");
  units.Write("actions.runner.b.service", "[Service]\nWorkingDirectory=~\n");
  units.Write("actions.runner.c.service", "[Service]\n#WorkingDirectory=/c\n");
  units.Write("actions.runner.d.service", std::string(100'000, 'x') + Unit("/d"));
  std::filesystem::create_directory(units / "actions.runner.e.service");
  BOOST_TEST(Folders(units.path()).empty());
  BOOST_TEST(Folders(units / "absent").empty());
}

BOOST_AUTO_TEST_CASE(last_folder_counts_and_blanks_after_it_do_not) {
  const TempFolder units;
  units.Write("actions.runner.a.service",
              "WorkingDirectory=/first\r\nWorkingDirectory=/with blank \r\n");
  const std::vector<std::string> expected{"/with blank"};
  BOOST_TEST(Folders(units.path()) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(user_of_a_service_is_root_if_none_is_named) {
  const TempFolder units;
  units.Write("actions.runner.a.service", Unit("/a"));
  units.Write("actions.runner.b.service", "[Service]\nWorkingDirectory=/b\n#User=runner\n");
  const auto services = GitHubServices(units.path());
  BOOST_REQUIRE(services.size() == 2U);
  BOOST_TEST(services[0].user == "runner");
  BOOST_TEST(services[1].user == "root");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace jobwarden
