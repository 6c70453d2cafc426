// `jobwarden doctor` as a person and a timer call it.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <sstream>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

ChildResult Doctor(const CliHost& host, std::vector<std::string> more) {
  std::vector<std::string> words = {"doctor", "--config", host.config_path()};
  words.insert(words.end(), more.begin(), more.end());
  return host.Run(words);
}

boost::test_tools::assertion_result IsRoot(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(geteuid() == 0);
  result.message() << "only root asks as another user";
  return result;
}

// The status of each check.
std::multimap<std::string, std::string> Statuses(const nlohmann::json& answer) {
  std::multimap<std::string, std::string> statuses;
  for (const auto& each : answer["checks"]) {
    statuses.emplace(each.value("id", ""), each.value("status", ""));
    BOOST_TEST(each.value("seen", "") != "");
    BOOST_TEST((each.value("status", "") == "ok" || each.value("hint", "") != ""), each.dump());
  }
  return statuses;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(doctor)

BOOST_AUTO_TEST_CASE(json_is_one_line_and_agrees_with_the_exit_code) {
  const CliHost host;
  host.folder.Write("config.toml", "[[runners]]\nname = \"r\"\nexecutor = \"docker\"\n");
  const ChildResult result = Doctor(host, {"--json", "--gitlab", host.folder / "config.toml"});
  const auto answer = OneLineOfJson(result);
  BOOST_TEST(answer.value("format", 0) == 1);
  BOOST_TEST(result.exit_code == (answer.value("ok", false) ? kAllow : kDeny));
  const auto statuses = Statuses(answer);
  BOOST_TEST(statuses.find("mode")->second == "ok");
  BOOST_TEST(statuses.find("gitlab-stages")->second == "warning");
  BOOST_TEST(statuses.count("github-hooks") == 0U);
}

BOOST_AUTO_TEST_CASE(text_has_a_line_for_each_check_and_what_to_do) {
  const CliHost host;
  const ChildResult result = Doctor(host, {"--gitlab", host.folder / "none.toml"});
  BOOST_TEST(result.exit_code == kDeny);
  BOOST_TEST(Has(result.out, "failed  gitlab-stages: "));
  BOOST_TEST(Has(result.out, "\n        hint: name GitLab Runner's config.toml with --gitlab"));
  BOOST_TEST(Has(result.out, "\njobwarden: "));
  BOOST_TEST(Lacks(result.out, "\x1b"));
}

// A job can write what doctor shows to root.
BOOST_AUTO_TEST_CASE(words_that_were_seen_command_no_terminal) {
  const CliHost host;
  host.folder.Write(".env", "ACTIONS_RUNNER_HOOK_JOB_STARTED=/\x1b[2J/job-started.sh\n");
  const ChildResult result = Doctor(host, {"--github", host.folder.path()});
  BOOST_TEST(Has(result.out, "/\\u001b[2J/job-started.sh"));
  BOOST_TEST(Lacks(result.out, "\x1b"));
}

// Whether one warning is there depends on the machine: one of the two has exactly one.
BOOST_AUTO_TEST_CASE(one_warning_is_counted_as_one) {
  const CliHost host;
  const std::string config = Slurp(host.config_path());
  bool had_one = false;
  for (const std::string mode : {"", "mode = \"report\"\n"}) {
    host.folder.Write("jobwarden.toml", mode + config);
    const int warnings = OneLineOfJson(Doctor(host, {"--json"})).value("warnings", -1);
    const std::string counted =
        std::to_string(warnings) + (warnings == 1 ? " warning, " : " warnings, ");
    BOOST_TEST(Has(Doctor(host, {}).out, " ok, " + counted));
    had_one = had_one || warnings == 1;
  }
  BOOST_TEST_WARN(had_one);
}

BOOST_AUTO_TEST_CASE(a_configuration_may_be_named_from_here) {
  const CliHost host;
  const std::string driver = Program("jobwarden-executor");
  std::string text = "[[runners]]\nname = \"r\"\nexecutor = \"custom\"\n[runners.custom]\n";
  for (const std::string stage : {"config", "prepare", "run", "cleanup"}) {
    text += stage + "_exec = \"" + driver + "\"\n" + stage + "_args = [\"--config\", \"" +
            host.config_path() + "\", \"" + stage + "\"]\n";
  }
  host.folder.Write("config.toml", text);
  ChildOptions call;
  call.command = {"/bin/sh", "-c",
                  "cd \"$1\" && exec \"$0\" doctor --config ./jobwarden.toml --gitlab config.toml",
                  Program("jobwarden"), host.folder.path()};
  const ChildResult result = RunChild(call);
  BOOST_TEST(Lacks(result.out, "its driver reads"));
  BOOST_TEST(Has(result.out, "gitlab-stages: "));
}

BOOST_AUTO_TEST_CASE(a_configuration_that_is_not_there_fails_one_check_and_not_doctor) {
  const CliHost host;
  const ChildResult result = host.Run({"doctor", "--json", "--config", host.folder / "none"});
  BOOST_TEST(result.exit_code == kDeny);
  BOOST_TEST(Statuses(OneLineOfJson(result)).find("config")->second == "failed");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_alone_does_not_say_that_the_others_are_safe) {
  const CliHost host;
  std::filesystem::copy_file(Program("jobwarden"), host.folder / "alone");
  ChildOptions call;
  call.command = {host.folder / "alone", "doctor", "--json", "--config", host.config_path()};
  BOOST_TEST(Statuses(OneLineOfJson(RunChild(call))).find("programs")->second == "failed");
}

// A job of the runner's user must not type into the terminal of the root who asks.
BOOST_AUTO_TEST_CASE(what_runs_as_the_runners_user_is_in_another_session,
                     *boost::unit_test::precondition(IsRoot)) {
  const CliHost host;
  constexpr uid_t kNobody = 65'534;
  const std::string runner = host.folder / "runner";
  const std::string place = host.folder / "opt";
  for (const std::string& each : {runner, place}) std::filesystem::create_directory(each);
  BOOST_TEST_REQUIRE(chmod(host.folder.path().c_str(), 0755) == 0);
  BOOST_TEST_REQUIRE(chown(runner.c_str(), kNobody, kNobody) == 0);
  std::filesystem::copy_file(Program("jobwarden"), place + "/doctor");
  const std::string asked =
      host.folder.Write("opt/jobwarden", "#!/bin/sh\nread -r line </proc/$$/stat; echo $line >>" +
                                             runner + "/stat\n");
  BOOST_TEST_REQUIRE(chmod(asked.c_str(), 0755) == 0);
  ChildOptions call;
  call.command = {place + "/doctor", "doctor", "--config", host.config_path(), "--github", runner};
  RunChild(call);
  // pid (comm) state ppid pgrp session
  std::istringstream line(Slurp(runner + "/stat"));
  std::string word;
  pid_t session = 0;
  line >> word >> word >> word >> word >> word >> session;
  BOOST_TEST(session > 0);
  BOOST_TEST(session != getsid(0));
}

BOOST_AUTO_TEST_CASE(a_probe_without_a_driver_fails) {
  const CliHost host;
  host.folder.Write("config.toml", "[[runners]]\nname = \"r\"\nexecutor = \"docker\"\n");
  const ChildResult result =
      Doctor(host, {"--json", "--probe", "--gitlab", host.folder / "config.toml"});
  BOOST_TEST(result.exit_code == kDeny);
  BOOST_TEST(Statuses(OneLineOfJson(result)).find("probe-gitlab")->second == "failed");
}

BOOST_AUTO_TEST_CASE(the_result_of_a_probe_is_a_metric) {
  const CliHost host;
  const std::string file = host.folder / "jobwarden.prom";
  host.folder.Write("jobwarden.toml",
                    Slurp(host.config_path()) + "[audit]\nmetrics_file = \"" + file + "\"\n");
  host.folder.Write("config.toml", "");
  const std::vector<std::string> words = {"--json", "--gitlab", host.folder / "config.toml"};
  BOOST_TEST(Doctor(host, words).exit_code == kDeny);
  BOOST_TEST(Slurp(file) == "");
  BOOST_TEST(Doctor(host, {words[0], words[1], words[2], "--probe"}).exit_code == kDeny);
  BOOST_TEST(Has(Slurp(file), "jobwarden_probe_passed{target=\"driver\"} 0\n"));
}

BOOST_AUTO_TEST_SUITE_END()
