// `jobwarden install`, on files as runners write them.

#include <sys/stat.h>

#include "tests/e2e/cli/cli_host.h"
#include "tests/support/has.h"

using namespace jobwarden::testing;

namespace {

constexpr const char* kConfig =
    "concurrent = 2\ncheck_interval = 0\n\n[session_server]\n  session_timeout = 1800\n\n"
    "[[runners]]\n  name = \"builds\" # docker\n  token = \"glrt-one\"\n  executor = \"docker\"\n"
    "  [runners.docker]\n    image = \"debian\"\n\n"
    "[[runners]]\n  name = \"deploys\"\n  token = \"glrt-two\"\n  executor = \"shell\"\n"
    "  [runners.cache]\n    MaxUploadedArchiveSize = 0\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(install)

BOOST_AUTO_TEST_CASE(gitlab_runner_is_wired_once_and_undone) {
  const CliHost host;
  const std::string file = host.folder.Write("config.toml", kConfig);
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"install", "gitlab", "--file", file};
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
  BOOST_TEST(Has(shown.out, "+    cleanup_args = [\"cleanup\"]\n"));
  BOOST_TEST(!Has(shown.out, "glrt"));
  BOOST_TEST(Slurp(file) == kConfig);

  BOOST_TEST(run({"--runner", "2"}).exit_code == kAllow);
  const std::string wired = Slurp(file);
  BOOST_TEST(Has(wired, "/jobwarden-executor\"\n    prepare_args = [\"prepare\"]\n"));
  const ChildResult again = run({"--runner", "deploys"});
  BOOST_TEST(again.exit_code == kAllow);
  BOOST_TEST(Has(again.out, "is wired already"));
  BOOST_TEST(Slurp(file) == wired);

  BOOST_TEST(run({"--undo"}).exit_code == kAllow);
  BOOST_TEST(Slurp(file) == kConfig);
  BOOST_TEST(run({"--undo"}).exit_code == kUsage);
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

BOOST_AUTO_TEST_SUITE_END()
