// `jobwarden config check`: what a person hears who set the driver up, before the first job.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "tests/e2e/harness.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;
using Json = nlohmann::ordered_json;

namespace {

// A host whose configuration is checked, by the user who runs the test.
struct CheckedHost : RunnerHost {
  ChildResult Check(const std::vector<std::string>& more = {}) {
    folder.Write("jobwarden.toml", config);
    ChildOptions call;
    const auto bin = std::filesystem::path(Program("jobwarden-executor")).parent_path();
    call.command = {(bin / "jobwarden").string(), "config", "check", "--config", config_path()};
    call.command.insert(call.command.end(), more.begin(), more.end());
    call.environment = options.environment;
    return RunChild(call);
  }
  std::string Driver(const std::string& text) {
    const std::string path = folder.Write("driver", text);
    chmod(path.c_str(), 0700);
    return path;
  }
};

// `FILE:LINE:`, LINE being that of this text in the configuration.
std::string LineOf(const RunnerHost& host, const std::string& text) {
  const auto at = host.config.find(text);
  BOOST_REQUIRE(at != std::string::npos);
  const auto line = 1 + std::count(host.config.begin(), host.config.begin() + at, '\n');
  return host.config_path() + ":" + std::to_string(line) + ":";
}

std::string Owner() {
  return geteuid() == 0 ? "root" : std::to_string(geteuid());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_check)

BOOST_AUTO_TEST_CASE(good_configuration_is_ok_and_nothing_is_made) {
  CheckedHost host;
  const auto before = host.folder.Names();
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.out == "jobwarden: " + host.config_path() + ": ok\n");
  BOOST_TEST(
      Has(result.err, "jobwarden: warning: SHARED_USER: " + LineOf(host, "shared_user = true")));
  auto after = host.folder.Names();
  after.erase("jobwarden.toml");
  BOOST_TEST(after == before, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(configuration_that_cannot_be_read_shows_all_its_errors) {
  CheckedHost host;
  Change(host.config, "mode = \"enforce\"", "mod = \"enforce\"");
  Change(host.config, "shell = \"bash\"", "shell = \"fish\"");
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(result.out == "");
  BOOST_TEST(Has(result.err, "CONFIG_INVALID: " + LineOf(host, "mod = ")));
  BOOST_TEST(Has(result.err, "CONFIG_INVALID: " + LineOf(host, "shell = ")));
  BOOST_TEST(result.err.ends_with("jobwarden: " + host.config_path() + ": 2 problems\n"));
}

BOOST_AUTO_TEST_CASE(who_may_write_is_said_beside_what_is_wrong_in_the_text) {
  CheckedHost host;
  Change(host.config, "mode = \"enforce\"", "mod = \"enforce\"");
  host.folder.Write("jobwarden.toml", host.config);
  chmod(host.config_path().c_str(), 0666);
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(Has(result.err, "can be written by group or others (mode 0666)"));
  BOOST_TEST(Has(result.err, "unknown key \"mod\""));
}

BOOST_AUTO_TEST_CASE(second_table_is_named_with_both_lines) {
  CheckedHost host;
  const auto first = host.config.find("[executor]");
  const auto line =
      1 + std::count(host.config.begin(), host.config.begin() + static_cast<long>(first), '\n');
  host.config += "[executor]\nsandbox = \"bwrap\"\n";
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(
      Has(result.err, "table \"[executor]\" appears twice, first in line " + std::to_string(line)));
}

BOOST_AUTO_TEST_CASE(audit_folder_that_is_missing_comes_with_the_command_that_makes_it) {
  CheckedHost host;
  Change(host.config, "/audit.jsonl", "/log/audit.jsonl");
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(Has(result.err, "AUDIT_FAILED: " + LineOf(host, "file = \"" + host.Path("log"))));
  BOOST_TEST(Has(result.err, "hint: install -d -m 0755 -o " + Owner() + " \"" + host.Path("log")));
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_be_used_are_found) {
  CheckedHost host;
  unlink(host.Path("gitlab-keys.json").c_str());
  ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(Has(result.err,
                 "KEYS_UNAVAILABLE: " + LineOf(host, "file = \"" + host.Path("gitlab-keys.json"))));
  Change(host.config, "file = \"" + host.Path("gitlab-keys.json") + "\"", "");
  result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(Has(result.err, "KEYS_UNAVAILABLE: " + LineOf(host, "[issuer.keys]")));
  BOOST_TEST(Has(result.err, "hint: run `jobwarden keys refresh --issuer gitlab`"));
}

BOOST_AUTO_TEST_CASE(user_who_does_not_exist_is_named_with_its_line_and_so_is_the_next) {
  CheckedHost host;
  Change(host.config, "shared_user = true", "run_as = [\"no-such-a\", \"no-such-b\"]");
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(Has(result.err, "CONFIG_INVALID: " + LineOf(host, "run_as = ")));
  // Each user once, under the setting's name once.
  BOOST_TEST(result.err.find("no-such-a") == result.err.rfind("no-such-a"), result.err);
  BOOST_TEST(Lacks(result.err, "executor.run_as: executor.run_as"));
  BOOST_TEST(Has(result.err, "no user \"no-such-a\""));
  BOOST_TEST(Has(result.err, "no user \"no-such-b\""));
}

BOOST_AUTO_TEST_CASE(wrapped_driver_that_could_not_be_started_is_found_command_by_command) {
  CheckedHost host;
  const std::string good = host.Driver("#!/bin/sh\n");
  host.Wrap(WrapCommands("\"" + good + "\""));
  BOOST_TEST(host.Check().exit_code == 0);
  Change(host.config, "prepare = [\"" + good, "prepare = [\"/nowhere/driver");
  Change(host.config, "run = [\"" + good, "run = [\"" + host.folder.Write("text", "#!/bin/sh\n"));
  Change(host.config, "cleanup = [\"" + good,
         "cleanup = [\"" + host.folder.Write("windows", "#!/bin/sh\r\n"));
  chmod(host.Path("windows").c_str(), 0700);
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(Has(result.err, LineOf(host, "prepare = ")));
  BOOST_TEST(
      Has(result.err, "executor.wrap.prepare: cannot run \"/nowhere/driver\": No such file"));
  BOOST_TEST(Has(result.err,
                 "executor.wrap.run: cannot run \"" + host.Path("text") + "\": Permission denied"));
  BOOST_TEST(Has(result.err, "its lines end with \\r\\n"));
  BOOST_TEST(result.err.ends_with(": 3 problems\n"));
}

BOOST_AUTO_TEST_CASE(wrapped_driver_that_others_may_change_is_a_warning) {
  CheckedHost host;
  const std::string driver = host.Driver("#!/bin/sh\n");
  chmod(driver.c_str(), 0777);
  host.Wrap(WrapCommands("\"" + driver + "\""));
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(Has(result.err, "jobwarden: warning: CONFIG_INVALID: " + LineOf(host, "run = [")));
}

BOOST_AUTO_TEST_CASE(folder_that_cannot_be_made_is_found) {
  CheckedHost host;
  if (geteuid() == 0) {
    Change(host.config, "shared_user = true", "run_as = \"nobody\"\nsandbox = \"bwrap\"");
  } else {
    Change(host.config, "shared_user = true", "sandbox = \"bwrap\"");
  }
  Change(host.config, host.Path("builds"), host.folder.Write("in-the-way", "") + "/builds");
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(Has(result.err, LineOf(host, "builds_dir = ")));
  BOOST_TEST(Has(result.err, "executor.builds_dir: folder "));
}

BOOST_AUTO_TEST_CASE(settings_of_github_s_hooks_are_checked) {
  CheckedHost host;
  Change(host.config, "provider = \"gitlab\"", "provider = \"github\"");
  host.config +=
      "[github]\nshared_user = true\ncontainer_hooks = [\"/nowhere/index.js\"]\n"
      "on_deny = \"fail-step\"\n";
  const ChildResult result = host.Check();
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(Has(result.err, "CONFIG_INVALID: " + LineOf(host, "container_hooks")));
  BOOST_TEST(Has(result.err, "warning: CONFIG_INVALID: " + LineOf(host, "on_deny")));
  BOOST_TEST(
      Has(result.err,
          "warning: SHARED_USER: " +
              LineOf(host, "[github]\nshared_user").substr(0, host.config_path().size() + 1)));
  BOOST_TEST(result.err.ends_with(": 1 problem\n"));
}

BOOST_AUTO_TEST_CASE(json_is_one_line_for_good_and_bad) {
  CheckedHost host;
  ChildResult result = host.Check({"--json"});
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.err == "");
  Json json = Json::parse(result.out);
  BOOST_TEST(json["format"] == 1);
  BOOST_TEST(json["ok"] == true);
  BOOST_TEST(json["config"] == host.config_path());
  BOOST_TEST(json["findings"][0]["code"] == "SHARED_USER");
  BOOST_TEST(json["findings"][0]["severity"] == "warning");
  host.config += "what = 1\n";
  result = host.Check({"--json"});
  BOOST_TEST(result.exit_code == 2);
  BOOST_TEST(result.err == "");
  json = Json::parse(result.out);
  BOOST_TEST(json["ok"] == false);
  BOOST_TEST(json["findings"][0]["code"] == "CONFIG_INVALID");
  BOOST_TEST(json["findings"][0]["severity"] == "error");
}

BOOST_AUTO_TEST_CASE(driver_that_is_started_by_hand_says_how_to_check_a_file) {
  CheckedHost host;
  host.folder.Write("jobwarden.toml", host.config);
  host.Wrap(WrapCommands("\"/bin/true\""));
  for (const bool wraps : {false, true}) {
    if (wraps) host.folder.Write("jobwarden.toml", host.config);
    for (const char* tmpdir : {"", "/tmp"}) {
      ChildOptions call;
      call.command = {Program("jobwarden-executor"), "--config", host.config_path(), "config"};
      call.environment = host.options.environment;
      if (*tmpdir != 0) call.environment["TMPDIR"] = tmpdir;
      const ChildResult result = RunChild(call);
      if (!wraps && *tmpdir != 0) continue;  // it asks for nothing more
      BOOST_TEST(result.exit_code == 2);
      BOOST_TEST(Has(result.err, "run `jobwarden config check`"));
      BOOST_TEST(Lacks(result.err, "14.1"));
    }
  }
  ChildOptions call;
  call.command = {Program("jobwarden-executor"), "--help"};
  BOOST_TEST(Has(RunChild(call).out, "jobwarden config check"));
}

BOOST_AUTO_TEST_SUITE_END()
