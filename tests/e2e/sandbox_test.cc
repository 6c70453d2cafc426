// Jobs that run inside bubblewrap, as users of their own and as the driver's.

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/e2e/attacker.h"
#include "tests/e2e/sandbox_host.h"

using namespace jobwarden::testing;

BOOST_AUTO_TEST_SUITE(sandbox)

BOOST_AUTO_TEST_CASE(nothing_runs_beside_after_script_when_the_driver_was_killed) {
  for (const As as : kBoth) {
    SandboxHost host(as);
    NothingRunsBesideAfterScript(host);
  }
}

BOOST_AUTO_TEST_CASE(job_sees_its_own_processes_alone) {
  SandboxHost host;
  const JobRun run = host.Play(JobThat({"echo pids: /proc/[0-9]*", "readlink /proc/1/exe || true",
                                        "tr '\\0' ' ' </proc/1/cmdline | head -c 14", "echo",
                                        "ls -l /proc/self/fd | wc -l"}));
  BOOST_TEST(run.outcome == Outcome::kSucceeded);
  BOOST_TEST(Has(Out(run), "\n/usr/bin/bwrap\n"));
  BOOST_TEST(Has(Out(run), "\npids: /proc/1 "));
  BOOST_TEST(Lacks(Out(run), "/proc/" + std::to_string(getpid())));
  BOOST_TEST(Has(Out(run), "\n5\n"), "total, 0, 1, 2, and the folder that ls reads");
}

BOOST_AUTO_TEST_CASE(job_works_as_it_would_outside) {
  SandboxHost host;
  Job job = JobThat({"echo x > file; cp file \"$TMPDIR/a\"; cp file ~/b; cp file /tmp/c",
                     "test -w /dev/null && test -c /dev/urandom && test -d /dev/shm",
                     "getent hosts localhost; test -r /etc/resolv.conf", "git --version",
                     "echo err >/dev/stderr", "read line || echo eof", "exit 42"});
  job.after_script = {"cat file \"$TMPDIR/a\" ~/b /tmp/c | wc -l"};
  const JobRun run = host.Play(job);
  BOOST_TEST(run.exit_code == 42);
  BOOST_TEST(Has(Out(run), "\neof\n"));
  BOOST_TEST(Has(Out(run, "after_script"), "\n4\n"));
}

// In a sandbox root's files belong to nobody, and ssh wants those that it includes to be root's or
// its own.
BOOST_AUTO_TEST_CASE(files_that_the_ssh_configuration_includes_belong_to_the_job) {
  if (geteuid() != 0 || access("/etc/ssh", X_OK) != 0) return;
  for (const As as : kBoth) {
    SandboxHost host(as);
    const TempFolder ssh;
    for (const char* name : {"ssh_config.d", "elsewhere"}) {
      std::filesystem::create_directory(ssh / name);
    }
    ssh.Write("ssh_config", "Include /etc/ssh/ssh_config.d/*.conf\nHost *\n");
    ssh.Write("elsewhere/policy.txt", "Host alias\n HostName found\n");
    ssh.Write("ssh_config.d/10.conf", "Include elsewhere/policy.txt\n");
    std::filesystem::create_symlink("../elsewhere/20", ssh / "ssh_config.d/20.conf");
    ssh.Write("elsewhere/20", "Host other\n HostName too\n");
    for (const auto& each : std::filesystem::recursive_directory_iterator(ssh.path())) {
      chmod(each.path().c_str(), each.is_directory() ? 0755 : 0644);
    }
    chmod(ssh.path().c_str(), 0755);
    host.ShowDriver(ssh.path(), "/etc/ssh");
    const JobRun run = host.Play(JobThat({
        "stat -L -c 'file %u %a' /etc/ssh/ssh_config.d/[12]0.conf /etc/ssh/elsewhere/policy.txt",
        "! { echo >>/etc/ssh/ssh_config.d/10.conf; } 2>/dev/null || echo wrote it",
        "rm /etc/ssh/ssh_config.d/10.conf 2>/dev/null || true",
        "! command -v ssh >/dev/null || ssh -G alias | grep '^hostname'",
        "! command -v ssh >/dev/null || ssh -G other | grep '^hostname'",
        "echo end",
    }));
    const std::string line = "file " + std::to_string(host.users->uid()) + " 444\n";
    BOOST_TEST_CONTEXT(run.log()) {
      BOOST_TEST(Has(Out(run), "\n" + line + line + line));
      BOOST_TEST(Lacks(Out(run), "\nwrote it\n"));
      BOOST_TEST(Has(Out(run), "\nend\n"));
      if (access("/usr/bin/ssh", X_OK) == 0) {
        BOOST_TEST(Has(Out(run), "\nhostname found\n"));
        BOOST_TEST(Has(Out(run), "\nhostname too\n"));
      }
    }
    // What the job may not read stays so.
    ssh.Write("ssh_config.d/30.conf", "of root alone");
    chmod((ssh / "ssh_config.d/30.conf").c_str(), 0600);
    const JobRun next = host.Play(JobThat({"cat /etc/ssh/ssh_config.d/30.conf || echo end"}));
    BOOST_TEST(Has(Out(next), "\nend\n"));
    BOOST_TEST(Lacks(Out(next), "of root alone"));
  }
}

BOOST_AUTO_TEST_CASE(job_killed_by_a_signal_has_its_exit_code) {
  SandboxHost host;
  BOOST_TEST(host.Play(JobThat({"kill -9 $$"})).exit_code == 137);
}

BOOST_AUTO_TEST_CASE(machine_is_read_only) {
  for (const As as : kBoth) {
    SandboxHost host(as);
    const JobRun run = host.Play(JobThat({
        "for each in /etc /usr /var /var/lib /opt /bin /sys /proc/sys/kernel/core_pattern; do",
        "  ! touch \"$each/jobwarden-test\" 2>/dev/null || echo wrote $each",
        "  ! { : >>\"$each\"; } 2>/dev/null || echo wrote $each",
        "done",
        "! mount -t tmpfs none /etc 2>/dev/null || echo mounted",
        "! umount /etc 2>/dev/null || echo unmounted",
        "! mount -o remount,rw /etc 2>/dev/null || echo remounted",
        "grep -E '^(CapEff|NoNewPrivs):' /proc/self/status",
        "echo done",
    }));
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(Has(Out(run), "\nCapEff:\t0000000000000000\n"));
    BOOST_TEST(Has(Out(run), "\nNoNewPrivs:\t1\n"));
    BOOST_TEST(Has(Out(run), "\ndone\n"));
    for (const char* success : {"\nwrote ", "\nmounted", "\nunmounted", "\nremounted"}) {
      BOOST_TEST(Lacks(Out(run), success));
    }
    BOOST_TEST(!std::filesystem::exists("/etc/jobwarden-test"));
  }
}

BOOST_AUTO_TEST_CASE(job_cannot_change_what_decides_about_the_next) {
  for (const As as : kBoth) {
    SandboxHost host(as);
    const JobRun run = host.Play(JobThat({
        "for each in jobwarden.toml gitlab-keys.json audit.jsonl rules.d state state/places "
        "state/keys builds/.kept tmp; do",
        "  mkdir -p '" + host.folder.path() + "'/$each/x 2>/dev/null || true",
        "  rm -rf '" + host.folder.path() + "'/$each 2>/dev/null || true",
        "  { echo '[[allow]]' >'" + host.folder.path() + "'/$each; } 2>/dev/null || true",
        "done",
        "kill -9 -1",
    }));
    BOOST_TEST(run.exit_code == 137);
    const JobRun next = host.Play(JobThat({"echo runs"}));
    BOOST_TEST(Has(Out(next), "\nruns\n"));
    BOOST_TEST(Denied(host.Play(FeatureBranchDeploy()), "NO_RULE_ALLOWS"));
    BOOST_TEST(!std::filesystem::exists(host.Path("rules.d")));
  }
}

BOOST_AUTO_TEST_CASE(cancel_reaches_the_job_s_own_shell) {
  SandboxHost host;
  CancelIsGraceful(host);
}

BOOST_AUTO_TEST_CASE(all_processes_die_with_the_stage) {
  for (const As as : kBoth) {
    SandboxHost host(as);
    host.options.limit = std::chrono::seconds(30);
    auto lines = Daemons();
    lines.emplace_back("echo done");
    const JobRun run = host.Play(JobThat(lines));
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(Has(Out(run), "\ndone\n"));
    if (host.users) BOOST_TEST(ProcessesOf(host.users->uid()).empty());
  }
}

BOOST_AUTO_TEST_CASE(all_processes_die_with_a_driver_that_is_killed) {
  SandboxHost host;
  if (!host.users) return;
  host.options.on_output = [&](const std::string& call, pid_t driver, const std::string& log) {
    if (call == "build_script" && log.find("\nready\n") != log.npos) kill(driver, SIGKILL);
  };
  auto lines = Daemons();
  lines.insert(lines.end(), {"echo ready", "sleep 1000"});
  host.Play(JobThat(lines));
  BOOST_TEST(ProcessesOf(host.users->uid()).empty());
}

// Each process of a user may link the keyrings of that user, and then reads all keys in them.
BOOST_AUTO_TEST_CASE(keys_of_the_runner_are_out_of_reach) {
  if (geteuid() != 0 || access("/usr/bin/perl", X_OK) != 0) return;
  for (const As as : kBoth) {
    SandboxHost host(as);
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
    const long key =
        syscall(SYS_add_key, "user", "of-the-runner", "secret", 6, KEY_SPEC_SESSION_KEYRING);
    if (key < 0) return;  // this kernel has no keyrings
    constexpr long kAllRights = 0x3f3f0000;
    BOOST_REQUIRE(syscall(SYS_keyctl, KEYCTL_SETPERM, key, kAllRights) == 0);
    BOOST_REQUIRE(syscall(SYS_keyctl, KEYCTL_CHOWN, key, host.users->uid(), -1) == 0);
    const auto call = [](long number, const std::string& arguments) {
      return "perl -e 'my ($b, $user, $x) = (\"\\0\" x 9, \"user\", \"x\"); my $r = syscall(" +
             std::to_string(number) + ", " + arguments + "); print \"got $r: $b\\n\"'";
    };
    const std::string id = std::to_string(key);
    const JobRun run = host.Play(JobThat({
        call(SYS_keyctl, std::to_string(KEYCTL_READ) + ", " + id + ", $b, 9"),
        call(SYS_keyctl, std::to_string(KEYCTL_LINK) + ", " + id + ", -3"),
        call(SYS_keyctl, std::to_string(KEYCTL_GET_KEYRING_ID) + ", -4, 1"),
        call(SYS_add_key, "$user, $x, $x, 1, -3"),
    }));
    const std::string out = Out(run);
    int refused = 0;
    for (std::size_t at = 0; (at = out.find("\ngot -1: ", at)) != out.npos; ++at) ++refused;
    BOOST_TEST(refused == 4, out);
    BOOST_TEST(Lacks(out, "secret"));
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
  }
}

// One user, two jobs: the second comes while the first one runs.
BOOST_AUTO_TEST_CASE(jobs_of_one_user_at_the_same_time_do_not_see_each_other) {
  for (const As as : kBoth) {
    SandboxHost host(as);
    std::string second;
    host.options.on_output = [&](const std::string& call, pid_t, const std::string& log) {
      if (call != "build_script" || log.find("\nready\n") == log.npos || !second.empty()) return;
      RunnerOptions options = host.options;
      options.on_output = nullptr;
      const Job job =
          JobThat({"echo folder $CI_BUILDS_DIR", "find / -name of-the-first 2>/dev/null || true",
                   "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"});
      const JobRun run = PlayJob(Send(job, host.signer), options);
      BOOST_TEST(run.outcome == Outcome::kSucceeded);
      second = Out(run);
      for (const auto& each : std::filesystem::directory_iterator(host.Path("builds"))) {
        const auto project = each.path() / "shop/checkout";
        if (exists(project / "of-the-first")) std::ofstream(project / "go");
      }
    };
    const JobRun first = host.Play(JobThat(
        {"echo folder $CI_BUILDS_DIR", "touch of-the-first ~/of-the-first /tmp/of-the-first",
         "echo ready", "while [ ! -e go ]; do sleep 0.1; done"}));
    BOOST_TEST(first.outcome == Outcome::kSucceeded);
    BOOST_TEST(Lacks(second, "/of-the-first\n"));
    BOOST_TEST(Lacks(second, "sleep 0.1"));
    const auto folder = [](const std::string& out) {
      const auto at = out.find("\nfolder ");
      return out.substr(at, out.find('\n', at + 1) - at);
    };
    BOOST_TEST(folder(Out(first)) != folder(second));
  }
}

BOOST_AUTO_TEST_CASE(root_is_no_user_for_a_sandbox) {
  if (geteuid() != 0) return;
  RunnerHost host;
  Change(host.config, "shared_user = true\n", "sandbox = \"bwrap\"\n");
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(Broken(run, "CONFIG_INVALID"));
  BOOST_TEST(Has(run.log(), "executor.run_as"));
}

BOOST_AUTO_TEST_CASE(sandbox_that_cannot_be_built_is_no_failure_of_the_job) {
  SandboxHost host;
  host.options.before_call = [&](const CallAhead& call) {
    if (call.name != "build_script") return;
    // The folder that is to be its cache is gone.
    for (const auto& each : std::filesystem::directory_iterator(host.Path("cache"))) {
      if (each.path().filename() != ".kept") std::filesystem::remove_all(each.path());
    }
  };
  const JobRun run = host.Play(JobThat({"true"}));
  BOOST_TEST(run.outcome == Outcome::kSystemFailure);
  BOOST_TEST(Has(run.log(), "DRIVER_FAILED"));
}

BOOST_AUTO_TEST_SUITE_END()
