// Jobs that run inside bubblewrap, as users of their own and as the driver's.

#include <linux/keyctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <optional>

#include "tests/e2e/attacker.h"
#include "tests/e2e/harness.h"
#include "tests/support/large.h"
#include "tests/support/test_users.h"

using namespace jobwarden::testing;

namespace {

// Who runs a job: the driver's own user, or, where root runs the driver, another one.
enum class As { kOwnUser, kRunAs };

// A machine on which jobs run in a sandbox. Where root runs the tests, a driver that is not root's
// is started as another user, to whom all that the runner makes is given.
struct SandboxHost : RunnerHost {
  explicit SandboxHost(As as = As::kRunAs) {
    const bool root = geteuid() == 0;
    if (root) users.emplace(1);
    const bool runs_as = root && as == As::kRunAs;
    Change(config, "shared_user = true\n",
           "sandbox = \"bwrap\"\n" + (runs_as ? "run_as = " + users->List() + "\n" : ""));
    chmod(folder.path().c_str(), 0711);
    if (!root || runs_as) return;
    const std::string driver = folder.Write("driver", Slurp(options.driver[0]));
    chmod(driver.c_str(), 0755);
    const std::string uid = std::to_string(users->uid());
    options.driver = {"/usr/bin/setpriv", "--reuid",    uid, "--clear-groups", driver,
                      "--config",         config_path()};
    options.before_call = [this](const CallAhead& call) { Give(call.folder); };
    BOOST_REQUIRE(chown(folder.path().c_str(), users->uid(), 0) == 0);
  }

  void Give(const std::filesystem::path& path) const {
    if (lchown(path.c_str(), users->uid(), 0) != 0) return;
    for (const auto& each : std::filesystem::recursive_directory_iterator(path)) {
      BOOST_REQUIRE(lchown(each.path().c_str(), users->uid(), 0) == 0);
    }
  }

  std::optional<TestUsers> users;
};

constexpr As kBoth[] = {As::kRunAs, As::kOwnUser};

// A folder at a place of the machine that no test folder has: it and all in it go at the end.
class MachineFolder {
 public:
  explicit MachineFolder(const std::string& above, const std::string& end = "")
      : path_(above + "/jobwarden-test-" + std::to_string(getpid()) + end) {
    std::filesystem::create_directories(path_);
  }
  MachineFolder(const MachineFolder&) = delete;
  MachineFolder& operator=(const MachineFolder&) = delete;
  ~MachineFolder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Which folders of its machine a host keeps its things in.
struct Kept {
  std::string builds;
  std::string cache;
  std::string state;
  std::string audit;
};

void Keep(SandboxHost& host, const Kept& kept) {
  for (const auto& [from, to] :
       {std::pair("builds_dir = \"" + host.Path("builds"), "builds_dir = \"" + kept.builds),
        std::pair("cache_dir = \"" + host.Path("cache"), "cache_dir = \"" + kept.cache),
        std::pair("state_dir = \"" + host.Path("state"), "state_dir = \"" + kept.state),
        std::pair("file = \"" + host.Path("audit.jsonl"),
                  "file = \"" + kept.audit + "/audit.jsonl")}) {
    Change(host.config, from, to);
  }
}

// A job finds what it left itself, and nothing that lies beside: what other jobs left, state,
// audit.
void SeesItsOwnAlone(const Kept& kept) {
  SandboxHost host;
  Keep(host, kept);
  std::string look = "find";
  for (const std::string& folder : {kept.builds, kept.cache, kept.state, kept.audit}) {
    std::filesystem::create_directories(folder);
    for (const std::string& below : {folder, folder + "/.kept/x", folder + "/other.1"}) {
      std::filesystem::create_directories(below);
      std::ofstream(below + "/not-yours") << "secret";
    }
    look += " '" + folder + "'";
  }
  const Job job = JobThat({"echo mine > \"$CI_BUILDS_DIR/mine\"",
                           look + " \\( -name not-yours -o -name audit.jsonl \\) 2>&1 || true",
                           "! ls -A '" + kept.builds + "' | grep -F . || true", "echo end"});
  const JobRun run = host.Play(job);
  BOOST_TEST_CONTEXT(look << "\n" << run.log()) {
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(Has(Out(run), "\nend\n"));
    BOOST_TEST(Lacks(Out(run), "/not-yours\n"));
    BOOST_TEST(Lacks(Out(run), "/audit.jsonl\n"));
    BOOST_TEST(Lacks(Out(run), "\nother.1\n"));
    const JobRun again = host.Play(JobThat({"cat \"$CI_BUILDS_DIR/mine\""}));
    BOOST_TEST(Has(Out(again), "\nmine\n"));
  }
}

}  // namespace

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

BOOST_AUTO_TEST_CASE(what_is_no_business_of_the_job_is_out_of_sight) {
  for (const As as : kBoth) {
    SandboxHost host(as);
    const std::string secret = host.folder.Write("secret", "secret");
    const JobRun run = host.Play(JobThat({
        "ls -A '" + host.folder.path() + "' | tr '\\n' ' '; echo",
        "ls -A /root /home/* /run /run/docker.sock /etc/gitlab-runner 2>/dev/null | grep -v : || "
        "true",
        "! cat '" + host.config_path() + "' '" + secret + "' 2>/dev/null || echo read it",
        "ls -A /tmp | tr '\\n' ' '; echo end",
    }));
    BOOST_TEST(run.outcome == Outcome::kSucceeded);
    BOOST_TEST(Has(Out(run), "\nbuilds cache \n"));
    BOOST_TEST(Lacks(Out(run), "\nread it\n"));
    BOOST_TEST(Lacks(Out(run), "custom-executor"));
  }
}

BOOST_AUTO_TEST_CASE(what_the_driver_keeps_is_out_of_sight_wherever_it_lies) {
  if (geteuid() != 0) return;
  std::vector<std::unique_ptr<MachineFolder>> folders;
  // In the root, in a folder of the system's, in an empty one, and in one of the sandbox's own:
  // with sanitizers, one of each.
  const std::vector<const char*> places = {"",         "/srv",     "/usr/local", "/tmp",
                                           "/dev/shm", "/opt",     "/var/lib",   "/home",
                                           "/run",     "/var/tmp", "/var/log"};
  const std::size_t count = kSanitized ? 5 : places.size();
  for (std::size_t i = 0; i < count; ++i) {
    const char* above = places[i];
    folders.push_back(std::make_unique<MachineFolder>(above));
    const std::string& folder = folders.back()->path();
    SeesItsOwnAlone({folder + "/b", folder + "/c", folder + "/s", folder + "/a"});
    SeesItsOwnAlone({folder + "/n", folder + "/n/x/y/cache", folder + "/n/state", folder + "/n"});
  }
  // A job's user cannot pass through /root.
  const MachineFolder in_root("/root");
  const std::string& srv = folders[1]->path();
  SeesItsOwnAlone({srv + "/b", srv + "/c", in_root.path() + "/s", in_root.path() + "/a"});
  // Directly in the root, and one in the other.
  const MachineFolder one("");
  const MachineFolder two("", "-2");
  const MachineFolder three("", "-3");
  const MachineFolder four("", "-4");
  SeesItsOwnAlone({one.path(), two.path(), three.path(), four.path()});
  SeesItsOwnAlone({one.path() + "/x/builds", one.path() + "/x", one.path(), one.path()});
}

BOOST_AUTO_TEST_CASE(what_the_driver_keeps_is_out_of_sight_behind_links) {
  if (geteuid() != 0) return;
  const MachineFolder there("/srv");
  const MachineFolder here("");
  for (const char* name : {"builds", "cache", "state", "audit"}) {
    std::filesystem::create_directories(there.path() + "/" + name);
    std::filesystem::create_directory_symlink(
        "../srv/" + std::filesystem::path(there.path()).filename().string() + "/" + name,
        here.path() + "/" + name);
  }
  const std::string& path = here.path();
  SeesItsOwnAlone({path + "/builds", path + "/cache", path + "/state", path + "/audit"});
}

BOOST_AUTO_TEST_CASE(what_the_driver_keeps_is_out_of_sight_where_it_is_mounted_again) {
  if (geteuid() != 0) return;
  SandboxHost host;
  const std::string kept = host.Path("kept");
  std::filesystem::create_directories(kept + "/state/deeper");
  std::ofstream(kept + "/state/deeper/not-yours") << "secret";
  Change(host.config, "state_dir = \"" + host.Path("state"), "state_dir = \"" + kept + "/state");
  const MachineFolder around("/srv");
  const MachineFolder part("/opt");
  for (const auto& [from, to] :
       {std::pair(kept, around.path()), std::pair(kept + "/state/deeper", part.path())}) {
    BOOST_REQUIRE(mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) == 0);
  }
  const JobRun run = host.Play(
      JobThat({"find '" + around.path() + "' '" + part.path() + "' -name not-yours", "echo end"}));
  for (const auto* folder : {&around, &part}) {
    BOOST_TEST(umount(folder->path().c_str()) == 0);
  }
  BOOST_TEST(Has(Out(run), "\nend\n"));
  BOOST_TEST(Lacks(Out(run), "/not-yours\n"));
}

BOOST_AUTO_TEST_CASE(runner_s_configuration_is_out_of_sight_wherever_it_is) {
  if (geteuid() != 0) return;
  SandboxHost host;
  const MachineFolder folder("/srv");
  const std::string file = folder.path() + "/config.toml";
  std::ofstream(file) << "the-runner-s-own-token";
  const Job job = JobThat({"cat '" + file + "' || true", "echo end"});
  BOOST_TEST(Has(Out(host.Play(job)), "the-runner-s-own-token"));
  host.options.environment["CONFIG_FILE"] = file;
  const JobRun run = host.Play(job);
  BOOST_TEST(Has(Out(run), "\nend\n"));
  BOOST_TEST(Lacks(Out(run), "the-runner-s-own-token"));
}

BOOST_AUTO_TEST_CASE(files_that_links_lead_to_are_out_of_sight) {
  if (geteuid() != 0) return;
  SandboxHost host;
  const MachineFolder there("/srv");
  const std::string rules = there.path() + "/rules.toml";
  const std::string keys = there.path() + "/keys.json";
  std::ofstream(rules) << "[[deny]]\nname = \"of-the-rules\"\nclaims = { sub = \"x\" }\n";
  std::ofstream(keys) << host.signer.KeySetJson();
  std::filesystem::create_directory(host.Path("rules.d"));
  std::filesystem::create_symlink(rules, host.Path("rules.d/a.toml"));
  std::filesystem::remove(host.Path("gitlab-keys.json"));
  std::filesystem::create_symlink(keys, host.Path("gitlab-keys.json"));
  const JobRun run = host.Play(JobThat({"cat '" + rules + "' '" + keys + "' | wc -c"}));
  BOOST_TEST(Has(Out(run), "\n0\n"));
}

BOOST_AUTO_TEST_CASE(folder_that_cannot_be_hidden_is_refused) {
  if (geteuid() != 0) return;
  for (const char* folder : {"/", "/usr", "/etc", "/var", "/opt", "/var/lib", "/usr/local"}) {
    SandboxHost host;
    Change(host.config, "state_dir = \"" + host.Path("state"),
           std::string("state_dir = \"") + folder);
    const JobRun run = host.Play(JobThat({"true"}));
    std::filesystem::remove_all(std::string(folder) + "/places");
    BOOST_TEST_CONTEXT(folder) {
      BOOST_TEST(Broken(run, "CONFIG_INVALID"));
      BOOST_TEST(Has(run.log(), "state_dir"));
    }
  }
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

BOOST_AUTO_TEST_CASE(job_that_looks_everywhere_finds_no_token_that_was_taken_out) {
  for (const As as : kBoth) {
    SandboxHost host(as);
    const Job job =
        JobThat(Loot({"/tmp", "/var/lib", "/etc", "/run", "/dev/shm", host.folder.path()}));
    BOOST_TEST(host.Play(job).outcome == Outcome::kSucceeded);
    const std::string loot = LootOf(host);
    BOOST_TEST((loot.find("CI_PROJECT_PATH=shop/checkout") != loot.npos));
    for (const IdToken& token : job.id_tokens) {
      BOOST_TEST((loot.find(SignatureOf(host, job, token.name)) == loot.npos), token.name);
    }
    BOOST_TEST((loot.find("of-the-runner-alone") == loot.npos));
    BOOST_TEST((loot.find("shop deploys") == loot.npos), "the configuration");
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
