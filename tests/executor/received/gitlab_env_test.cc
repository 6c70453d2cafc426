#include "executor/received/gitlab_env.h"

#include <boost/test/unit_test.hpp>

using namespace jobwarden;

namespace {

const std::string kBegin =
    "export GITLAB_ENV=/b/p.tmp/gitlab_runner_env\nmkdir -p \"/b/p.tmp\"\n"
    "touch \"/b/p.tmp/gitlab_runner_env\"\n";
const std::string kLoop =
    "while read -r line; do export \"$line\"; done < \"/b/p.tmp/gitlab_runner_env\"\n";
const std::string kSource =
    "set -o allexport\nsource \"/b/p.tmp/gitlab_runner_env\" set\nset +o allexport\n";
const std::string kEnd = "cd /b/p\necho hi\n";

std::string Guarded(const std::string& commands) {
  return WithGuardedGitLabEnv(commands).value_or("unknown");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gitlab_env)

BOOST_AUTO_TEST_CASE(only_the_line_that_reads_the_file_changes) {
  for (const std::string& read : {kLoop, kSource}) {
    const std::string guarded = Guarded(kBegin + read + kEnd);
    BOOST_TEST(guarded.starts_with(kBegin + "while read -r line"), guarded);
    BOOST_TEST(guarded.ends_with("\ndone < \"/b/p.tmp/gitlab_runner_env\"\n" + kEnd) !=
               guarded.ends_with("; done < \"/b/p.tmp/gitlab_runner_env\"\n" + kEnd));
    BOOST_TEST(guarded.find("allexport") == std::string::npos);
    BOOST_TEST(guarded.find("|LD_*|") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(powershell_gets_a_filter) {
  const std::string begin =
      "${GITLAB_ENV}=\"/b/p.tmp/e\"\n${env:GITLAB_ENV}=${GITLAB_ENV}\n"
      "Try { Get-Content \"/b/p.tmp/e\"";
  const std::string end =
      " | ForEach { $k, $v = $_.split('='); Set-Content env:\\$k $v} } Catch {\n}\n";
  const std::string guarded = Guarded(begin + end);
  BOOST_TEST(guarded.starts_with(begin + " | Where-Object { $_ -match "), guarded);
  BOOST_TEST(guarded.find("-notmatch '^(PATH|LD_.*|") != std::string::npos, guarded);
  BOOST_TEST(guarded.ends_with(")=' }" + end));
}

BOOST_AUTO_TEST_CASE(powershell_gets_a_filter_where_it_resolves_the_path) {
  const std::string begin =
      "${GITLAB_ENV}=\"/b/p.tmp/e\"\nTry { Get-Content "
      "$ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath(\"/b/p.tmp/e\")";
  const std::string end =
      " | ForEach { $k, $v = $_.split('='); Set-Content env:\\$k $v} } Catch {\n}\n";
  const std::string guarded = Guarded(begin + end);
  BOOST_TEST(guarded.starts_with(begin + " | Where-Object { "), guarded);
  BOOST_TEST(guarded.ends_with(" }" + end), guarded);
}

BOOST_AUTO_TEST_CASE(commands_that_read_no_file_stay) {
  for (const std::string& commands : {std::string(), kEnd, "echo " + kLoop}) {
    BOOST_TEST(Guarded(commands) == commands);
  }
}

BOOST_AUTO_TEST_CASE(another_form_is_not_guessed) {
  for (const std::string& commands :
       {kBegin + kEnd, kBegin + ". \"/b/p.tmp/gitlab_runner_env\"\n",
        kBegin + "while read -r line; do export \"$line\"; done < \"/other\"\n",
        "export GITLAB_ENV=/x\n" + kLoop, std::string("${GITLAB_ENV}=\"/b\"\n"),
        std::string("${GITLAB_ENV}=\"/b\"\nTry { Get-Content \"/b\" | Other }\n")}) {
    BOOST_TEST(Guarded(commands) == "unknown", commands);
  }
}

BOOST_AUTO_TEST_CASE(what_makes_programs_run_or_reach_something_else_is_known) {
  for (const char* name :
       {"PATH", "LD_PRELOAD", "BASH_ENV", "ENV", "SHELLOPTS", "GIT_CONFIG_COUNT", "HTTPS_PROXY",
        "https_proxy", "SSL_CERT_FILE", "NODE_OPTIONS", "PYTHONPATH", "HOME", "RSYNC_RSH",
        "npm_config_registry", "CI_API_V4_URL"}) {
    BOOST_TEST(RedirectsPrograms(name), name);
  }
  for (const char* name : {"VERSION", "MY_PATH", "PATHS", "ENVIRONMENT", "BUILD_ENV", "GITHUB"}) {
    BOOST_TEST(!RedirectsPrograms(name), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
