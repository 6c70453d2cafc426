// doctor on a machine with GitHub's runner.

#include <signal.h>
#include <sys/wait.h>

#include "tests/support/has.h"
#include "tests/verifier/doctor/doctor_host.h"

using namespace jobwarden;
using namespace jobwarden::testing;

namespace {

// A process with the name of the runner's listener.
class Listener {
 public:
  explicit Listener(DoctorHost& host) {
    const std::string program = host.folder / "Runner.Listener";
    std::filesystem::copy_file("/bin/sleep", program, std::filesystem::copy_options::skip_existing);
    pid_ = fork();
    if (pid_ == 0) {
      execl(program.c_str(), program.c_str(), "60", static_cast<char*>(nullptr));
      _exit(1);
    }
    while (Slurp("/proc/" + std::to_string(pid_) + "/comm") != "Runner.Listener\n") usleep(1000);
  }
  ~Listener() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(github_checks)

// Hooks and steps are of one user there, which no setting mends.
BOOST_AUTO_TEST_CASE(a_machine_that_the_readme_set_up_shares_a_user_and_is_well_otherwise) {
  DoctorHost host(true);
  std::string faults = Faults(host.Look());
  for (std::size_t at = 0; at < faults.size();) {
    const std::string line = faults.substr(at, faults.find('\n', at) - at);
    at += line.size() + 1;
    const bool shared = line.starts_with("warning isolation: GitHub: hooks and steps run as") ||
                        (line.starts_with("warning config: ") &&
                         line.find("github.shared_user") != std::string::npos);
    // Another runner may be at work on the machine of this test.
    BOOST_TEST((shared || line.starts_with("warning github-listeners")), line);
  }
}

BOOST_AUTO_TEST_CASE(configuration_is_checked_as_the_runners_user) {
  DoctorHost host(true);
  chown((host.folder / "log").c_str(), 0, 0);
  chmod((host.folder / "log").c_str(), 0755);
  BOOST_TEST(Says(host, "config", Health::kFailed, "audit.file"));
}

BOOST_AUTO_TEST_CASE(keys_are_those_of_the_runners_user) {
  DoctorHost host(true);
  BOOST_TEST(
      Says(host, "keys", Health::kOk, "the keys of user " + host.users.name() + " are fresh"));
  std::filesystem::remove(host.folder / "state/keys/ci.json");
  BOOST_TEST(Says(host, "keys", Health::kFailed,
                  "issuer \"ci\": for user " + host.users.name() + ": no key set: "));
}

BOOST_AUTO_TEST_CASE(hooks_that_are_not_named_are_found) {
  DoctorHost host(true);
  Replace(host.env, "ACTIONS_RUNNER_HOOK_JOB_STARTED", "ACTIONS_RUNNER_HOOK_JOB_START");
  BOOST_TEST(Says(host, "github-hooks", Health::kFailed, "JOB_STARTED is not job-started.sh"));
}

BOOST_AUTO_TEST_CASE(hooks_that_read_another_configuration_are_said) {
  DoctorHost host(true);
  std::string hook = Slurp(host.folder / "opt/job-completed.js");
  Replace(hook, host.machine.config_path, "/etc/other.toml");
  host.Install("opt/job-completed.js", hook);
  BOOST_TEST(Says(host, "github-hooks", Health::kWarning, "job-completed.js does not name "));
}

// Root owns the folder, so that no job can change the runner.
BOOST_AUTO_TEST_CASE(the_user_of_the_service_is_the_one_who_is_looked_at) {
  DoctorHost host(true);
  BOOST_REQUIRE(chown((host.folder / "runner").c_str(), 0, 0) == 0);
  BOOST_TEST(Says(host, "isolation", Health::kFailed, "run as root"));
  host.folder.Write("root/etc/systemd/system/actions.runner.a.service",
                    "[Service]\nUser=" + host.users.name() +
                        "\nWorkingDirectory=" + (host.folder / "runner") + "\n");
  BOOST_TEST(Says(host, "isolation", Health::kWarning, "run as " + host.users.name()));
}

BOOST_AUTO_TEST_CASE(env_is_read_as_the_runner_reads_it) {
  DoctorHost host(true);
  Replace(host.env, "LANG=C.UTF-8\n", "");
  host.env = "\xEF\xBB\xBF" + host.env;
  BOOST_TEST(Says(host, "github-hooks", Health::kOk, "names both hooks"));
  Replace(host.env, "\xEF\xBB\xBF", std::string("\xFF\xFE\0", 3));
  BOOST_TEST(Says(host, "github-hooks", Health::kFailed, "expected UTF-8"));
}

BOOST_AUTO_TEST_CASE(other_scripts_as_hooks_are_found) {
  DoctorHost host(true);
  Replace(host.env, "job-completed.js", "other.js");
  BOOST_TEST(Says(host, "github-hooks", Health::kFailed, "JOB_COMPLETED is not job-completed.js"));
}

BOOST_AUTO_TEST_CASE(a_missing_env_is_found) {
  DoctorHost host(true);
  std::filesystem::remove(host.folder / "runner/.env");
  std::filesystem::create_directory(host.folder / "runner/.env.d");
  host.machine.github_folder = host.folder / "runner/.env.d";
  BOOST_TEST(Says(host, "github-hooks", Health::kFailed, "No such file"));
  host.machine.github_folder = host.folder / "none";
  BOOST_TEST(Says(host, "github-hooks", Health::kFailed, "No such file"));
  BOOST_TEST(host.Of("github-credentials").seen == "nothing");
}

BOOST_AUTO_TEST_CASE(hooks_that_jobs_may_change_are_found) {
  for (const char* each : {"job-started.sh", "job-completed.js", "jobwarden-hook", "jobwarden"}) {
    DoctorHost host(true);
    host.ChownToUser("opt/" + std::string(each));
    BOOST_TEST(Says(host, "github-hooks", Health::kFailed, each));
  }
}

BOOST_AUTO_TEST_CASE(path_of_a_job_comes_into_no_command) {
  DoctorHost host(true);
  std::filesystem::create_directory(host.folder / "opt/$(id)");
  host.Install("opt/$(id)/job-started.sh", "");
  host.ChownToUser("opt/$(id)/job-started.sh");
  Replace(host.env, "/job-started.sh", "/$(id)/job-started.sh");
  const Diagnosis said = host.Of("github-hooks");
  BOOST_TEST(Has(said.seen, "$(id)"));
  BOOST_TEST(said.advice == "let root own it, with the mode 0755");
}

BOOST_AUTO_TEST_CASE(hooks_that_are_not_there_or_do_not_start_are_found) {
  DoctorHost host(true);
  chmod((host.folder / "opt/jobwarden-hook").c_str(), 0700);
  BOOST_TEST(Says(host, "github-hooks", Health::kFailed, "jobwarden-hook may not be started"));
  std::filesystem::remove(host.folder / "opt/jobwarden-hook");
  BOOST_TEST(Says(host, "github-hooks", Health::kFailed, "No such file"));
}

BOOST_AUTO_TEST_CASE(a_guard_is_needed_only_where_steps_are_guarded) {
  DoctorHost host(true);
  std::filesystem::remove(host.folder / "opt/jobwarden-guard");
  BOOST_TEST(Says(host, "github-hooks", Health::kFailed, "jobwarden-guard"));
  host.config += "";
  Replace(host.config, "[github]\n", "[github]\nstep_tokens = \"all\"\n");
  BOOST_TEST(Says(host, "github-hooks", Health::kOk, "names both hooks"));
}

BOOST_AUTO_TEST_CASE(container_hooks_that_are_not_wired_are_found) {
  DoctorHost host(true);
  BOOST_TEST(Says(host, "github-containers", Health::kOk, "nothing"));
  const std::string hook = host.folder.Write("opt/index.js", "");
  Replace(host.config, "[github]\n", "[github]\ncontainer_hooks = [\"" + hook + "\"]\n");
  BOOST_TEST(Says(host, "github-containers", Health::kFailed, "is not container.js"));
  host.env += "ACTIONS_RUNNER_CONTAINER_HOOKS=" + (host.folder / "opt/container.js") + "\n";
  BOOST_TEST(Says(host, "github-containers", Health::kWarning, "jobs without a container"));
  host.env += "ACTIONS_RUNNER_REQUIRE_JOB_CONTAINER=true\n";
  BOOST_TEST(Says(host, "github-containers", Health::kOk, "stands before"));
}

BOOST_AUTO_TEST_CASE(credentials_are_said_unless_the_runner_is_ephemeral) {
  DoctorHost host(true);
  BOOST_TEST(Says(host, "github-credentials", Health::kOk, "ephemeral"));
  host.folder.Write("runner/.runner", "{}");
  host.ChownToUser("runner/.credentials");
  BOOST_TEST(Says(host, "github-credentials", Health::kWarning, ".credentials"));
}

BOOST_AUTO_TEST_CASE(dotnets_diagnostics_are_said) {
  DoctorHost host(true);
  Replace(host.env, "DOTNET_EnableDiagnostics=0", "DOTNET_EnableDiagnostics=1");
  BOOST_TEST(Says(host, "github-diagnostics", Health::kWarning, "diagnostics socket"));
}

BOOST_AUTO_TEST_CASE(old_runners_are_found) {
  DoctorHost host(true);
  const auto set = [&](const std::string& target) {
    std::filesystem::remove(host.folder / "runner/bin");
    std::filesystem::create_directory_symlink(target, host.folder / "runner/bin");
  };
  set("bin.2.300.2");
  BOOST_TEST(Says(host, "github-version", Health::kWarning, "2.300.2"));
  set("bin.2.289.4");
  BOOST_TEST(Says(host, "github-version", Health::kFailed, "2.289.4"));
  set("elsewhere");
  BOOST_TEST(Says(host, "github-version", Health::kWarning, "is not told"));
  std::filesystem::create_directory(host.folder / "runner/_diag");
  host.folder.Write("runner/_diag/Runner_20260101-000000-utc.log", "INFO] Version: 2.300.0\n");
  host.folder.Write("runner/_diag/Runner_20261101-000000-utc.log", "INFO] Version: 2.335.1\n");
  BOOST_TEST(Says(host, "github-version", Health::kOk, "2.335.1"));
}

BOOST_AUTO_TEST_CASE(a_second_listener_is_said) {
  DoctorHost host(true);
  const Listener one(host);
  const Listener two(host);
  BOOST_TEST(Says(host, "github-listeners", Health::kWarning, "listeners on this host"));
}

BOOST_AUTO_TEST_CASE(a_debuggers_relay_that_can_be_reached_is_said) {
  DoctorHost host(true);
  host.machine.debugger_relay.port = host.issuer.port();
  BOOST_TEST(Says(host, "github-debugger", Health::kWarning, "can be reached"));
}

BOOST_AUTO_TEST_SUITE_END()
