// Jobs that run as users of their own. They are played by root.

#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "tests/e2e/attacker.h"
#include "tests/e2e/harness.h"
#include "tests/support/test_users.h"

using namespace jobwarden::testing;
using Interruption = RunnerOptions::Interruption;

namespace {

// A machine on which jobs run as one of `count` users.
struct UsersHost : RunnerHost {
  explicit UsersHost(std::size_t count = 1) : users(count) {
    chmod(folder.path().c_str(), 0711);
    Change(config, "shared_user = true\n", "run_as = " + users.List() + "\n");
  }

  TestUsers users;
};

Job OfProject(Job job, std::int64_t id, const std::string& path) {
  job.project_id = id;
  job.project_path = path;
  return job;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(run_as)

BOOST_AUTO_TEST_CASE(script_is_the_user_s_in_every_respect) {
  UsersHost host;
  const JobRun run = host.Play(JobThat(
      {"id -un; id -gn; id -Gn", "grep -E '^(Uid|Gid|CapEff|CapPrm|CapAmb):' /proc/self/status",
       "env", "stat -c 'tmp %U %a' \"$TMPDIR\"", "stat -c 'home %U %a' \"$HOME\"",
       "stat -c 'project %U %a' .", "touch \"$HOME/file\" \"$TMPDIR/file\" file", "umask"}));
  const std::string out = Out(run);
  const std::string& name = host.users.name();
  const std::string uid = std::to_string(host.users.uid());
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(out, "\n" + name + "\n"));
  BOOST_TEST(Lacks(out, "\nroot\n"));
  BOOST_TEST(Has(out, "\nUid:\t" + uid + "\t" + uid + "\t" + uid + "\t" + uid + "\n"));
  BOOST_TEST(Has(out, "\nCapEff:\t0000000000000000\n"));
  BOOST_TEST(Has(out, "\nCapPrm:\t0000000000000000\n"));
  for (const char* variable : {"USER", "LOGNAME"}) {
    BOOST_TEST(Has(out, "\n" + std::string(variable) + "=" + name + "\n"));
  }
  BOOST_TEST(Has(out, "/bash\n"));
  BOOST_TEST(Lacks(out, "\nSHELL=" + std::string(getpwnam(name.c_str())->pw_shell) + "\n"));
  BOOST_TEST(Has(out, "\ntmp " + name + " 700\n"));
  BOOST_TEST(Has(out, "\nhome " + name + " 700\n"));
  BOOST_TEST(Has(out, "\nproject " + name + " 755\n"));
  BOOST_TEST(Lacks(out, "RUNNER_REGISTRATION_SECRET"));
}

BOOST_AUTO_TEST_CASE(runner_is_told_the_user_s_folders) {
  UsersHost host;
  const JobRun run = host.Play(JobThat({"true"}));
  const auto answer = nlohmann::json::parse(run.Find("config")->result.out);
  BOOST_TEST(answer["builds_dir"] == host.Path("builds/" + host.users.name()));
  BOOST_TEST(answer["cache_dir"] == host.Path("cache/" + host.users.name()));
  BOOST_TEST(answer["builds_dir_is_shared"] == false);
  BOOST_TEST(Lacks(run.log(), "advice: jobs run as"));
}

BOOST_AUTO_TEST_CASE(outputs_can_be_opened_by_name_and_the_exit_code_is_told) {
  UsersHost host;
  const JobRun run =
      host.Play(JobThat({"echo to-stderr >/dev/stderr", "echo to-stdout >/dev/stdout",
                         "read line || echo eof", "exit 42"}));
  BOOST_TEST(run.exit_code == 42);
  BOOST_TEST(Has(run.Find("build_script")->result.err, "to-stderr\n"));
  BOOST_TEST(Has(Out(run), "\nto-stdout\n"));
  BOOST_TEST(Has(Out(run), "\neof\n"));
}

BOOST_AUTO_TEST_CASE(cancel_is_graceful) {
  UsersHost host;
  CancelIsGraceful(host);
}

BOOST_AUTO_TEST_CASE(nothing_runs_beside_after_script_when_the_driver_was_killed) {
  UsersHost host;
  NothingRunsBesideAfterScript(host);
}

BOOST_AUTO_TEST_CASE(job_that_looks_everywhere_finds_no_token_that_was_taken_out) {
  UsersHost host;
  const Job job = JobThat(Loot({host.folder.path(), "/var/lib", "/etc"}));
  BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
  const std::string loot = LootOf(host);
  BOOST_TEST((loot.find("CI_PROJECT_PATH=shop/checkout") != loot.npos));
  for (const IdToken& token : job.id_tokens) {
    BOOST_TEST((loot.find(SignatureOf(host, job, token.name)) == loot.npos), token.name);
  }
  BOOST_TEST((loot.find("of-the-runner-alone") == loot.npos));
}

BOOST_AUTO_TEST_CASE(job_cannot_change_what_decides_about_the_next) {
  UsersHost host;
  std::string folder;
  host.options.before_call = [&](const CallAhead& call) { folder = call.folder; };
  const JobRun run = host.Play(JobThat({
      "for each in jobwarden.toml gitlab-keys.json audit.jsonl rules.d/x.toml state/x "
      "state/places/x state/keys/x.json builds/x builds/.kept/x builds/.jobs/x; do",
      "  ! { echo x >>'" + host.folder.path() + "'/$each; } 2>/dev/null || echo wrote $each",
      "done",
      "for each in /tmp/custom-executor* '" + host.Path("tmp") + "'/*; do",
      "  ! ls \"$each\" 2>/dev/null || echo listed $each",
      "done",
      "! kill -9 $PPID 2>/dev/null || echo killed",
      "! rm -rf ~/../\"$USER\" \"$CI_BUILDS_DIR\" 2>/dev/null || echo removed",
      "echo done",
  }));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run), "\ndone\n"));
  for (const char* success : {"\nwrote ", "\nlisted ", "\nkilled", "\nremoved"}) {
    BOOST_TEST(Lacks(Out(run), success));
  }
  BOOST_TEST(host.Play(JobThat({"true"})).outcome == Outcome::kSucceeded);
}

BOOST_AUTO_TEST_CASE(nothing_of_the_user_runs_after_the_job) {
  UsersHost host;
  const JobRun run = host.Play(JobThat(Daemons()));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(ProcessesOf(host.users.uid()).empty());
}

// As after a run that was killed: nobody else is there to see to its processes.
BOOST_AUTO_TEST_CASE(cleanup_ends_what_no_stage_could_end) {
  UsersHost host;
  host.options.interruption = Interruption::kTimeout;
  host.options.interrupt_at = "\nready\n";
  host.options.grace = std::chrono::milliseconds(300);
  auto lines = Daemons();
  lines.insert(lines.end(), {"trap '' TERM", "echo ready", "while :; do sleep 1; done"});
  const JobRun run = host.Play(JobThat(lines));
  BOOST_TEST(run.outcome == Outcome::kTimedOut);
  BOOST_TEST(ProcessesOf(host.users.uid()).empty());
}

BOOST_AUTO_TEST_CASE(hostile_temporary_folder_is_removed_and_nothing_it_points_to) {
  UsersHost host;
  const std::string precious = host.folder.Write("precious", "precious");
  chmod(precious.c_str(), 0666);
  const JobRun run = host.Play(JobThat({
      "cd \"$TMPDIR\"",
      "ln -s '" + precious + "' link; ln -s / root; ln -s '" + host.folder.path() + "' host",
      "mkdir -m 0 locked; mkfifo fifo; mkdir -p moved-0/moved-0 'new\nline'; touch moved-1 -- -rf",
      "for i in 1 2; do deep=$(printf 'd/%.0s' {1..1500}); mkdir -p $deep; cd $deep; done; touch x",
      "cd \"$HOME\" && mkdir -p x/y && ln -s / x/y/root && chmod 0 x",
  }));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Lacks(run.Find("cleanup")->result.log, "jobwarden"));
  BOOST_TEST(std::filesystem::is_empty(host.Path("builds/.jobs")));
  BOOST_TEST(Slurp(precious) == "precious");
  BOOST_TEST(std::filesystem::exists(host.config_path()));
}

BOOST_AUTO_TEST_CASE(project_finds_what_it_left_and_no_other_s) {
  UsersHost host;
  const std::vector<std::string> look{
      "find \"$CI_BUILDS_DIR\" \"$CI_BUILDS_DIR/..\" -name left "
      "2>/dev/null || true",
      "test ! -e left || echo mine: $(cat left)", "echo $CI_PROJECT_ID > left"};
  const Job one = OfProject(JobThat(look), 61, "shop/checkout");
  const Job other = OfProject(JobThat(look), 62, "shop/website");
  BOOST_TEST(Lacks(Out(host.Play(one)), "/left\n"));
  BOOST_TEST(Lacks(Out(host.Play(other)), "/left\n"));
  BOOST_TEST(Has(Out(host.Play(one)), "\nmine: 61\n"));
  BOOST_TEST(Has(Out(host.Play(other)), "\nmine: 62\n"));
}

BOOST_AUTO_TEST_CASE(branch_that_anybody_may_push_leaves_nothing_for_a_protected_one) {
  UsersHost host;
  Change(host.config, ", ref_protected = true", "");
  Job branch = JobThat({"echo hostile > hook"});
  branch.ref = "feature";
  branch.ref_protected = false;
  BOOST_TEST(host.Play(branch).outcome == Outcome::kSucceeded);
  const JobRun run =
      host.Play(JobThat({"test ! -e hook", "find \"$CI_BUILDS_DIR/..\" -name hook"}));
  BOOST_TEST(Lacks(Out(run), "/hook"));
}

BOOST_AUTO_TEST_CASE(fork_s_merge_request_leaves_nothing_for_the_project_and_finds_nothing_of_it) {
  UsersHost host;
  Change(host.config, "\"shop/**\", ref_protected = true", "\"**\"");
  Change(host.config, "[executor]\n", "[fork]\naction = \"allow\"\n[executor]\n");
  const std::vector<std::string> look{"test ! -e hook || echo found: $(cat hook)",
                                      "echo $CI_JOB_ID > hook", "test ! -e $CI_BUILDS_DIR/../hook"};
  Job branch = FeatureBranchDeploy();
  Job fork = ForkMergeRequestDeploy();
  Job own = fork;
  own.merge_request->source_project_id = own.project_id;
  own.merge_request->source_project_path = own.project_path;
  for (Job* job : {&branch, &fork, &own}) job->script = look;
  BOOST_TEST(Lacks(Out(host.Play(branch)), "\nfound: "));
  BOOST_TEST(Lacks(Out(host.Play(fork)), "\nfound: "));
  BOOST_TEST(Has(Out(host.Play(fork)), "\nfound: " + std::to_string(fork.id) + "\n"));
  BOOST_TEST(Has(Out(host.Play(own)), "\nfound: " + std::to_string(branch.id) + "\n"));
}

BOOST_AUTO_TEST_CASE(what_waits_for_no_job_is_removed) {
  UsersHost host;
  const std::string old = host.Path("builds/.kept/someone/old");
  std::filesystem::create_directories(old);
  std::filesystem::last_write_time(
      old, std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 15));
  BOOST_TEST(host.Play(JobThat({"true"})).outcome == Outcome::kSucceeded);
  BOOST_TEST(!std::filesystem::exists(old));
}

// The second job comes while the first one runs.
BOOST_AUTO_TEST_CASE(jobs_at_the_same_time_have_different_users) {
  UsersHost host(2);
  std::string second;
  JobRun third;
  host.options.on_output = [&](const std::string& call, pid_t, const std::string& log) {
    if (call != "build_script" || log.find("\nready\n") == log.npos || !second.empty()) return;
    RunnerOptions options = host.options;
    options.on_output = [&](const std::string& inner, pid_t, const std::string& text) {
      if (inner != "build_script" || text.find("\nready\n") == text.npos) return;
      if (!third.calls.empty()) return;
      RunnerOptions last = host.options;
      last.on_output = nullptr;
      third = PlayJob(Send(JobThat({"true"}), host.signer), last);
      host.folder.Write("go", "");
    };
    second = "started";
    const JobRun run =
        PlayJob(Send(JobThat({"id -un", "echo ready",
                              "while [ ! -e '" + host.Path("go") + "' ]; do sleep 0.01; done"}),
                     host.signer),
                options);
    second = Out(run);
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
  };
  const JobRun first = host.Play(JobThat(
      {"id -un", "echo ready", "while [ ! -e '" + host.Path("go") + "' ]; do sleep 0.01; done"}));
  BOOST_TEST(first.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(first), "\n" + host.users.name(0) + "\n"));
  BOOST_TEST(Has(second, "\n" + host.users.name(1) + "\n"));
  BOOST_TEST(Broken(third, "NO_FREE_USER"));
}

BOOST_AUTO_TEST_CASE(user_of_a_job_whose_runner_died_is_free_and_its_processes_are_ended) {
  UsersHost host;
  const std::string pid_file = host.folder.Write("pid", "");
  chmod(pid_file.c_str(), 0666);
  const pid_t runner = fork();
  BOOST_REQUIRE(runner >= 0);
  if (runner == 0) {
    // A runner that dies in the middle of a job; what it started does not.
    host.options.on_output = [&](const std::string& call, pid_t driver, const std::string& log) {
      if (call != "build_script" || log.find("\nready\n") == log.npos) return;
      kill(driver, SIGKILL);
      _exit(0);
    };
    host.Play(
        JobThat({"setsid sleep 1000 & echo $! >'" + pid_file + "'", "echo ready", "sleep 9"}));
    _exit(1);
  }
  int status = 0;
  BOOST_REQUIRE(waitpid(runner, &status, 0) == runner);
  BOOST_REQUIRE(status == 0);
  const pid_t left = std::stoi(Slurp(pid_file));
  BOOST_TEST(kill(left, 0) == 0);
  BOOST_TEST(!std::filesystem::is_empty(host.Path("tmp")));
  // One that nobody reaped has no command line any more.
  const JobRun run =
      host.Play(JobThat({"cat /proc/" + std::to_string(left) + "/cmdline || true", "echo mine"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run), "\nmine\n"));
  BOOST_TEST(Lacks(Out(run), std::string("sleep\0001000", 10)));
  std::size_t jobs = 0;
  for (const auto& each : std::filesystem::directory_iterator(host.Path("builds/.jobs"))) {
    jobs += each.exists() ? 1 : 0;
  }
  BOOST_TEST(jobs == 0U);
}

BOOST_AUTO_TEST_CASE(config_that_fails_takes_no_user) {
  UsersHost host;
  chmod(host.folder.path().c_str(), 0700);
  const JobRun refused = host.Play(JobThat({"true"}));
  BOOST_TEST(Broken(refused, "CONFIG_INVALID"));
  BOOST_TEST(Has(refused.log(), "chmod o+x"));
  chmod(host.folder.path().c_str(), 0711);
  BOOST_TEST(host.Play(JobThat({"true"})).outcome == Outcome::kSucceeded);
}

BOOST_AUTO_TEST_CASE(runner_without_config_is_told_what_is_not_wired) {
  UsersHost host;
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name == "prepare_script") unlink((call.folder / "place").c_str());
  };
  const std::string ran = host.Path("ran");
  const JobRun run = host.Play(JobThat({"touch '" + ran + "'"}));
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.Find("prepare_script")->result.log, "config_exec"));
  BOOST_TEST(!std::filesystem::exists(ran));
}

BOOST_AUTO_TEST_CASE(folder_that_others_may_write_is_no_place_for_jobs) {
  UsersHost host;
  std::filesystem::create_directory(host.Path("builds"));
  chmod(host.Path("builds").c_str(), 0777);
  BOOST_TEST(Broken(host.Play(JobThat({"true"})), "CONFIG_INVALID"));
}

BOOST_AUTO_TEST_CASE(folders_of_jobs_and_of_the_driver_are_apart) {
  for (const char* key : {"state_dir", "cache_dir"}) {
    for (const char* end : {"", "/deeper"}) {
      UsersHost host;
      const std::string below = host.Path("builds/" + host.users.name() + end);
      const std::string name = std::string(key).substr(0, 5);
      Change(host.config, key + (" = \"" + host.Path(name)), key + (" = \"" + below));
      const JobRun run = host.Play(JobThat({"true"}));
      BOOST_TEST(Broken(run, "CONFIG_INVALID"));
      BOOST_TEST(Has(run.log(), key));
    }
  }
  UsersHost host;
  Change(host.config, host.Path("cache"), host.Path("builds"));
  BOOST_TEST(Broken(host.Play(JobThat({"true"})), "CONFIG_INVALID"));
}

BOOST_AUTO_TEST_CASE(what_a_job_leaves_for_all_users_to_find_goes_with_it) {
  UsersHost host;
  const std::string name = "jobwarden-test-" + std::to_string(getpid());
  const JobRun run = host.Play(JobThat({
      "ipcmk -M 1 && ipcmk -S 1 && ipcmk -Q",
      "for each in /dev/shm /tmp /var/tmp; do mkdir $each/" + name + " && ln -s /etc $each/" +
          name + "/x && echo left $each; done",
  }));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  for (const std::string folder : {"/dev/shm", "/tmp", "/var/tmp"}) {
    BOOST_TEST(Has(Out(run), "\nleft " + folder + "\n"));
    BOOST_TEST(!std::filesystem::exists(folder + "/" + name), folder);
  }
  for (const std::string kind : {"shm", "sem", "msg"}) {
    std::istringstream objects(Slurp("/proc/sysvipc/" + kind));
    for (std::string line; std::getline(objects, line);) {
      BOOST_TEST((line + " ").find(" " + std::to_string(host.users.uid()) + " ") == line.npos,
                 line);
    }
  }
}

BOOST_AUTO_TEST_CASE(user_in_a_group_that_is_as_good_as_root_is_refused) {
  for (const std::string group : {"docker", "lxd", "disk", "sudo", "wheel", "root", "shadow"}) {
    UsersHost host;
    std::string groups = group + ":x:64999:someone," + host.users.name() + "\n";
    std::istringstream lines(Slurp("/etc/group"));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(group + ":")) groups += line + "\n";
    }
    const TempFolder folder;
    host.ShowDriver(folder.Write("group", groups), "/etc/group");
    const JobRun run = host.Play(JobThat({"true"}));
    BOOST_TEST(Broken(run, "CONFIG_INVALID"));
    BOOST_TEST(Has(run.log(), "is in group \"" + group + "\""));
  }
}

BOOST_AUTO_TEST_CASE(users_need_root) {
  UsersHost host;
  const TestUsers runner(1);
  const std::string uid = std::to_string(runner.uid());
  BOOST_REQUIRE(chown(host.Path("tmp").c_str(), runner.uid(), 0) == 0);
  const std::string driver = host.folder.Write("driver", Slurp(host.options.driver[0]));
  chmod(driver.c_str(), 0755);
  host.options.driver = {"/usr/bin/setpriv", "--reuid",         uid, "--clear-groups", driver,
                         "--config",         host.config_path()};
  host.folder.Write("jobwarden.toml", host.config);
  chmod(host.config_path().c_str(), 0644);
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(Broken(run, "CONFIG_INVALID"));
  BOOST_TEST(Has(run.log(), "expected root"));
}

BOOST_AUTO_TEST_SUITE_END()
