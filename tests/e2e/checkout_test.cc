// Jobs whose scripts call files of the checkout: what these name is not taken out.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "tests/e2e/harness.h"

using namespace jobwarden::testing;
namespace fs = std::filesystem;

namespace {

// Says how long each token is.
constexpr char kDeploy[] =
    "echo vault ${#VAULT_ID_TOKEN} pypi ${#PYPI_STAGING_ID_TOKEN} own ${#JOBWARDEN_ID_TOKEN}\n";
// Says how many there are, and names none.
constexpr char kCount[] = "env | grep -c _ID_TOKEN= || true\n";

// A machine on whose checkouts get_sources leaves these files.
struct Host : RunnerHost {
  Host() {
    options.before_call = [this](const CallAhead& call) {
      if (call.name != "build_script") return;
      for (const auto& [name, text] : files) {
        const fs::path path = fs::path(Project()) / name;
        fs::create_directories(path.parent_path());
        folder.Write(fs::relative(path, folder.path()).string(), text);
      }
      if (before_build) before_build();
    };
  }
  std::string Project() const { return Path("builds/t1-abc/0/shop/checkout"); }

  std::map<std::string, std::string> files;
  std::function<void()> before_build;
};

Job DeployJob() {
  return JobThat({"sh ./deploy.sh"});
}

std::string Size(const RunnerHost& host, const Job& job, const std::string& token) {
  return std::to_string(host.TokenOf(job, token).size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checkout)

BOOST_AUTO_TEST_CASE(a_token_that_a_called_file_names_stays_and_no_other) {
  Host host;
  host.files = {{"deploy.sh", "sh ci/login\n" + std::string(kCount)},
                {"ci/login", "echo vault ${#VAULT_ID_TOKEN}\n"}};
  const Job job = DeployJob();
  const JobRun run = host.Play(job);
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run), "\nvault " + Size(host, job, "VAULT_ID_TOKEN") + "\n1\n"));
  BOOST_TEST(Lacks(run.log(), "searched"));
}

// It served when the job was admitted: a file that names it keeps it for nobody.
BOOST_AUTO_TEST_CASE(the_runner_s_own_token_goes_though_a_file_names_it) {
  Host host;
  host.files = {{"deploy.sh", kDeploy}};
  const Job job = DeployJob();
  BOOST_TEST(Has(Out(host.Play(job)), "\nvault " + Size(host, job, "VAULT_ID_TOKEN") + " pypi " +
                                          Size(host, job, "PYPI_STAGING_ID_TOKEN") + " own 0\n"));
}

// `id` is a word of nearly every tree, beside being a program that reads a token.
BOOST_AUTO_TEST_CASE(the_word_id_in_a_file_keeps_no_token) {
  Host host;
  host.files = {{"deploy.sh", kCount}, {"schema.sql", "CREATE TABLE t (id INT, twine TEXT);\n"}};
  host.config += "[exposure]\naliases = \"strip\"\n";
  Job job = DeployJob();
  job.variables = {{"PYPI_ID_TOKEN", "$PYPI_STAGING_ID_TOKEN"}};
  BOOST_TEST(Has(Out(host.Play(job)), "\n1\n"));
  host.files["schema.sql"] = "CREATE TABLE t (id INT);\n";
  BOOST_TEST(Has(Out(host.Play(job)), "\n0\n"));
  job.script = {"true python -m id audience", kCount};
  BOOST_TEST(Has(Out(host.Play(job)), "\n1\n"));
}

BOOST_AUTO_TEST_CASE(with_usage_script_files_count_for_nothing) {
  Host host;
  host.files = {{"deploy.sh", kDeploy}};
  host.config += "[exposure]\nusage = \"script\"\n";
  BOOST_TEST(Has(Out(host.Play(DeployJob())), "\nvault 0 pypi 0 own 0\n"));
}

BOOST_AUTO_TEST_CASE(the_ci_configuration_names_every_token_and_does_not_count) {
  const std::string declaration = "VAULT_ID_TOKEN: {aud: v}\nPYPI_STAGING_ID_TOKEN: {aud: p}\n";
  for (const char* path : {"", ".gitlab-ci.yml", "ci/deploy.yml"}) {
    BOOST_TEST_CONTEXT(path) {
      const std::string file = std::string(path).empty() ? ".gitlab-ci.yml" : path;
      Host host;
      host.files = {{"deploy.sh", kCount}, {file, declaration}};
      Job job = DeployJob();
      job.predefined = {{"CI_CONFIG_PATH", path}};
      BOOST_TEST(Has(Out(host.Play(job)), "\n0\n"));
    }
  }
}

BOOST_AUTO_TEST_CASE(only_the_file_that_the_server_names_is_the_ci_configuration) {
  Host host;
  host.files = {{"deploy.sh", kCount}, {"main.yml", "VAULT_ID_TOKEN: {aud: v}\n"}};
  Job job = DeployJob();
  for (const char* path : {"ci.yml", "main.yml@shop/ci", "https://ci.example/main.yml"}) {
    BOOST_TEST_CONTEXT(path) {
      job.predefined = {{"CI_CONFIG_PATH", path}};
      BOOST_TEST(Has(Out(host.Play(job)), "\n1\n"));
    }
  }
  // What the job's author adds comes later.
  job.predefined = {{"CI_CONFIG_PATH", "main.yml"}, {"CI_CONFIG_PATH", "other"}};
  BOOST_TEST(Has(Out(host.Play(job)), "\n0\n"));
}

BOOST_AUTO_TEST_CASE(a_checkout_that_is_too_large_keeps_the_tokens_and_the_log_says_why_once) {
  Host host;
  host.files = {{"deploy.sh", kCount}, {"video", ""}};
  host.before_build = [&] {
    BOOST_REQUIRE(truncate((host.Project() + "/video").c_str(), off_t{10} << 30U) == 0);
  };
  Job job = DeployJob();
  job.after_script = {"echo after"};
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\n2\n"));
  BOOST_TEST(Has(Out(run, "after_script"), "\nafter\n"));
  const std::string said =
      "jobwarden: \"CI_JOB_TOKEN\", \"CI_REGISTRY_PASSWORD\", \"CI_REPOSITORY_URL\", "
      "\"PYPI_STAGING_ID_TOKEN\", \"VAULT_ID_TOKEN\" stay in this job, although no line of it "
      "names "
      "them: a file of the project may, and jobwarden could not search all of them: more than 256 "
      "MiB\n";
  BOOST_TEST(Has(run.log(), said));
  BOOST_TEST(Lacks(run.log().substr(run.log().find(said) + said.size()), "search"));
}

BOOST_AUTO_TEST_CASE(a_hostile_checkout_holds_nobody_up) {
  const TempFolder outside;
  outside.Write("f", "VAULT_ID_TOKEN");
  Host host;
  host.files = {{"deploy.sh", kCount}};
  host.before_build = [&] {
    BOOST_REQUIRE(mkfifo((host.Project() + "/fifo").c_str(), 0666) == 0);
    fs::create_symlink(outside.path(), host.Project() + "/folder");
    fs::create_symlink(outside / "f", host.Project() + "/file");
    fs::create_symlink("/dev/zero", host.Project() + "/zero");
    fs::create_symlink(".", host.Project() + "/circle");
    fs::create_directories(host.Project() + "/.git/x");
    host.folder.Write("builds/t1-abc/0/shop/checkout/.git/x/f", "VAULT_ID_TOKEN");
  };
  const JobRun run = host.Play(DeployJob());
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run), "\n0\n"));
  BOOST_TEST(Lacks(run.log(), "searched"));
}

BOOST_AUTO_TEST_CASE(a_project_behind_a_link_is_not_searched) {
  const TempFolder outside;
  Host host;
  host.before_build = [&] {
    fs::remove_all(host.Project());
    fs::create_symlink(outside.path(), host.Project());
  };
  const JobRun run = host.Play(JobThat({"env | grep -c _ID_TOKEN="}));
  BOOST_TEST(Has(Out(run), "\n2\n"));
  BOOST_TEST(Has(run.log(), "/shop/checkout\" cannot be opened: "));
}

BOOST_AUTO_TEST_CASE(after_script_finds_its_own_use_and_the_runner_s_stages_have_none) {
  Host host;
  host.files = {{"deploy.sh", std::string(kCount) + ": $VAULT_ID_TOKEN\n"}};
  Job job = DeployJob();
  job.after_script = {"sh ./deploy.sh"};
  RunnerJob sent = Send(job, host.signer);
  const Folders folders{host.Path("builds"), host.Path("cache"), true};
  const auto variables = AllVariables(sent, folders);
  ScriptWriter writer(sent.runner, sent.shell, variables);
  writer.Variables(variables, TemporaryDir(sent, folders));
  writer.ChangeFolder(ProjectDir(sent, folders));
  writer.Line("env | grep -c _ID_TOKEN= || true");
  sent.scripts["cleanup_file_variables"] = writer.Script();
  const JobRun run = host.Play(sent);
  BOOST_TEST(Has(Out(run, "build_script"), "\n1\n"));
  BOOST_TEST(Has(Out(run, "after_script"), "\n1\n"));
  BOOST_TEST(Has(Out(run, "cleanup_file_variables"), "\n0\n"));
}

BOOST_AUTO_TEST_SUITE_END()
