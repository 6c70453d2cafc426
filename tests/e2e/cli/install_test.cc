// `jobwarden install`, on files as runners write them.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"
#include "tests/support/places.h"

using namespace jobwarden::testing;

namespace {

constexpr const char* kConfig =
    "concurrent = 2\ncheck_interval = 0\n\n[session_server]\n  session_timeout = 1800\n\n"
    "[[runners]]\n  name = \"builds\" # docker\n  token = \"glrt-one\"\n  executor = \"docker\"\n"
    "  [runners.docker]\n    image = \"debian\"\n\n"
    "[[runners]]\n  name = \"deploys\"\n  token = \"glrt-two\"\n  executor = \"shell\"\n"
    "  [runners.cache]\n    MaxUploadedArchiveSize = 0\n";

boost::test_tools::assertion_result IsRoot(boost::unit_test::test_unit_id) {
  boost::test_tools::assertion_result result(geteuid() == 0);
  result.message() << "only root gives files away";
  return result;
}

// That the command has ended with doctor, which has looked at this runner, and that the exit code
// says whether a check failed. Which ones do is up to the machine.
void CheckDoctor(const ChildResult& result, const std::string& file) {
  BOOST_TEST(Has(result.out, "\njobwarden doctor:\n"));
  BOOST_TEST(Has(result.out, "runner \"deploys\": all four stages are "));
  const bool failed = result.out.find(", 0 failed\n") == std::string::npos;
  BOOST_TEST(result.exit_code == (failed ? kDeny : kAllow), result.log);
  if (failed) {
    BOOST_TEST(Has(result.err, file + " is wired, but a check of doctor failed\n  hint: "));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(install)

BOOST_AUTO_TEST_CASE(gitlab_runner_is_wired_once_and_undone) {
  const CliHost host;
  const std::string file = host.folder.Write("config.toml", kConfig);
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"install", "gitlab",   "--file",
                                   file,      "--config", host.config_path()};
    words.insert(words.end(), more.begin(), more.end());
    return host.Run(words);
  };

  const ChildResult several = run({});
  BOOST_TEST(several.exit_code == kUsage);
  BOOST_TEST(Has(several.err, "there are several runners"));
  BOOST_TEST(Has(several.err, "2  \"deploys\""));
  BOOST_TEST(run({"--runner", "3"}).exit_code == kUsage);
  BOOST_TEST(Has(run({"--runner", "builds"}).err, "got \"docker\"; nothing was changed"));

  const ChildResult shown = run({"--runner", "deploys", "--dry-run"});
  BOOST_TEST(shown.exit_code == kAllow);
  BOOST_TEST(
      Has(shown.out, "@@ -17,1 +17,1 @@\n-  executor = \"shell\"\n+  executor = \"custom\"\n"));
  BOOST_TEST(Has(shown.out, "+    cleanup_args = [\"--config\", \"" + host.config_path() +
                                "\", \"cleanup\"]\n"));
  BOOST_TEST(Lacks(shown.out, "glrt"));
  BOOST_TEST(Lacks(shown.out, "doctor"));
  BOOST_TEST(Slurp(file) == kConfig);

  CheckDoctor(run({"--runner", "2"}), file);
  const std::string wired = Slurp(file);
  BOOST_TEST(Has(wired, "/jobwarden-executor\"\n    prepare_args = [\"--config\", \"" +
                            host.config_path() + "\", \"prepare\"]\n"));
  const ChildResult again = run({"--runner", "deploys"});
  CheckDoctor(again, file);
  BOOST_TEST(Has(again.out, "is wired already"));
  BOOST_TEST(Slurp(file) == wired);

  // The last change may be another runner's.
  BOOST_TEST(run({"--runner", "deploys", "--undo"}).exit_code == kUsage);
  BOOST_TEST(Slurp(file) == wired);
  const ChildResult undone = run({"--undo"});
  BOOST_TEST(undone.exit_code == kAllow);
  BOOST_TEST(Lacks(undone.out, "doctor"));
  BOOST_TEST(Slurp(file) == kConfig);
  BOOST_TEST(run({"--undo"}).exit_code == kUsage);
}

BOOST_AUTO_TEST_CASE(runner_without_a_name_is_not_chosen_by_nothing) {
  const CliHost host;
  const std::string text =
      "[[runners]]\nname = \"a\"\nexecutor = \"shell\"\n[[runners]]\nexecutor = \"shell\"\n";
  const std::string file = host.folder.Write("config.toml", text);
  const ChildResult result = host.Run({"install", "gitlab", "--file", file});
  BOOST_TEST(result.exit_code == kUsage, result.log);
  BOOST_TEST(Has(result.err, "there are several runners, and none was chosen"));
  BOOST_TEST(Slurp(file) == text);
  host.Run({"install", "gitlab", "--file", file, "--runner", "2"});
  BOOST_TEST(Slurp(file).starts_with("[[runners]]\nname = \"a\"\nexecutor = \"shell\"\n"));
  BOOST_TEST(Has(Slurp(file), "run_args = [\"run\"]"));
}

BOOST_AUTO_TEST_CASE(runner_that_is_wired_without_a_policy_is_not_called_good) {
  const CliHost host;
  const std::string file = host.folder.Write("config.toml", "[[runners]]\nexecutor = \"shell\"\n");
  const ChildResult result =
      host.Run({"install", "gitlab", "--file", file, "--config", host.folder / "absent.toml"});
  BOOST_TEST(result.exit_code == kDeny, result.log);
  BOOST_TEST(Has(result.out, "failed  config: "));
  BOOST_TEST(Has(result.err, "is wired, but a check of doctor failed"));
}

BOOST_AUTO_TEST_CASE(change_that_cannot_be_shown_is_not_made) {
  const CliHost host;
  const std::string text = "[[runners]]\nexecutor = \"shell\"\n";
  const std::string file = host.folder.Write("config.toml", text);
  ChildOptions call;
  call.command = {"/bin/sh", "-c", "exec \"$0\" install gitlab --file \"$1\" >/dev/full",
                  Program("jobwarden"), file};
  const ChildResult result = RunChild(call);
  BOOST_TEST(result.exit_code == kError, result.log);
  BOOST_TEST(Slurp(file) == text);
}

BOOST_AUTO_TEST_CASE(owner_and_mode_stay_also_where_the_file_is_read_only,
                     *boost::unit_test::precondition(IsRoot)) {
  const CliHost host;
  const std::string file = host.folder.Write("config.toml", kConfig);
  constexpr uid_t kNobody = 65'534;
  constexpr gid_t kGroup = 12;
  constexpr mode_t kMode = 0440;
  BOOST_TEST_REQUIRE(chown(file.c_str(), kNobody, kGroup) == 0);
  BOOST_TEST_REQUIRE(chmod(file.c_str(), kMode) == 0);
  const auto check = [&](const std::string& path) {
    struct stat status {};
    BOOST_TEST_REQUIRE(stat(path.c_str(), &status) == 0);
    BOOST_TEST(status.st_uid == kNobody);
    BOOST_TEST(status.st_gid == kGroup);
    BOOST_TEST((status.st_mode & 07777) == kMode);
  };
  host.Run({"install", "gitlab", "--file", file, "--runner", "deploys"});
  BOOST_TEST(Slurp(file) != kConfig);
  for (const std::string& name : host.folder.Names()) {
    if (name.starts_with("config.toml")) check(host.folder / name);
  }
  BOOST_TEST(host.Run({"install", "gitlab", "--file", file, "--undo"}).exit_code == kAllow);
  BOOST_TEST(Slurp(file) == kConfig);
  check(file);
}

BOOST_AUTO_TEST_CASE(link_to_a_configuration_is_refused_and_stays) {
  const CliHost host;
  const std::string file = host.folder.Write("real.toml", kConfig);
  const std::string link = host.folder / "config.toml";
  std::filesystem::create_symlink(file, link);
  for (const char* option : {"--runner=deploys", "--dry-run", "--undo"}) {
    const ChildResult result = host.Run({"install", "gitlab", "--file", link, option});
    BOOST_TEST(result.exit_code == kUsage, result.log);
    BOOST_TEST(Has(result.err, "expected a file, got a link"));
  }
  BOOST_TEST(Slurp(file) == kConfig);
  BOOST_TEST(std::filesystem::is_symlink(link));
}

BOOST_AUTO_TEST_CASE(file_that_is_not_there_or_is_no_toml_is_refused) {
  const CliHost host;
  BOOST_TEST(host.Run({"install", "gitlab", "--file", host.folder / "absent"}).exit_code == kUsage);
  const std::string file = host.folder.Write("config.toml", "[[runners]\n");
  const ChildResult broken = host.Run({"install", "gitlab", "--file", file});
  BOOST_TEST(broken.exit_code == kUsage);
  BOOST_TEST(Has(broken.err, file + ":1:"));
  BOOST_TEST(host.Run({"install", "gitlab", "--dry-run", "--undo"}).exit_code == kUsage);
  BOOST_TEST(host.Run({"install"}).exit_code == kUsage);
}

BOOST_AUTO_TEST_CASE(github_hooks_must_be_beside_the_program) {
  const CliHost host;
  host.folder.Write(".env", "LANG=C.UTF-8\n");
  const ChildResult result = host.Run({"install", "github", "--runner", host.folder.path()});
  BOOST_TEST(result.exit_code == kUsage);
  BOOST_TEST(Has(result.err, "job-started.sh: No such file or directory"));
  BOOST_TEST(Slurp(host.folder / ".env") == "LANG=C.UTF-8\n");
}

// As it is on a machine: programs and hook files in one folder, and a runner's `.env` with what
// people leave there.
BOOST_AUTO_TEST_CASE(github_runner_is_wired_once_and_undone) {
  const CliHost host;
  const std::string place = host.folder / "opt";
  const std::string runner = host.folder / "runner";
  std::filesystem::create_directories(place);
  std::filesystem::create_directories(runner);
  std::filesystem::copy_file(Program("jobwarden"), place + "/jobwarden");
  for (const char* hook : {"job-started.sh", "job-completed.js", "container.js"}) {
    std::filesystem::copy_file(InCheckout(std::string("install/github/") + hook),
                               place + "/" + hook);
  }
  const std::string env = "LANG=\"C.UTF-8\"\r\n# a comment\r\nhttps_proxy='http://p:3128'\r\nA=b=c";
  host.folder.Write("runner/.env", env);
  const auto run = [&](std::vector<std::string> more) {
    ChildOptions call;
    call.command = {place + "/jobwarden", "--config", host.config_path(), "install", "github",
                    "--runner",           runner};
    call.command.insert(call.command.end(), more.begin(), more.end());
    return RunChild(call);
  };

  BOOST_TEST(run({"--dry-run"}).exit_code == kAllow);
  BOOST_TEST(Slurp(runner + "/.env") == env);
  const ChildResult wired = run({});
  BOOST_TEST(Has(wired.out, "\njobwarden doctor:\n"));
  BOOST_TEST(Has(wired.out, "github-hooks: "));
  // The hook's programs are not in that folder.
  BOOST_TEST(wired.exit_code == kDeny, wired.log);
  const std::string after = env + "\r\nACTIONS_RUNNER_HOOK_JOB_STARTED=" + place +
                            "/job-started.sh\r\nACTIONS_RUNNER_HOOK_JOB_COMPLETED=" + place +
                            "/job-completed.js";
  BOOST_TEST(Slurp(runner + "/.env") == after);
  BOOST_TEST(Has(run({}).out, "is wired already"));
  BOOST_TEST(Slurp(runner + "/.env") == after);
  BOOST_TEST(run({"--undo"}).exit_code == kAllow);
  BOOST_TEST(Slurp(runner + "/.env") == env);
}

BOOST_AUTO_TEST_SUITE_END()
